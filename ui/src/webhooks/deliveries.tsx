// The deliveries of a webhook, newest first; each row opens what was sent and how each attempt went.
import { Anchor, Box, Button, Group, Select, Text } from "@mantine/core";
import { IconTruckDelivery } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Delivery, Webhook } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { RuleCell, StateBadge } from "./cells";
import { DeliveryDrawer } from "./delivery-drawer";
import { everyMs, webhooksPath } from "./queries";
import { ReplayAll } from "./replay-all";
import { deliveryStates } from "./state";

const route = getRouteApi("/inside/webhooks/$id");

export function Deliveries({ webhook }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const may = useMay();
  const { state, customerId, delivery } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useCursorList<Delivery>(
    `${webhooksPath}/${webhook.id}/deliveries`,
    { state: deliveryStates.find((known) => known === state), customerId },
    { refetchEveryMs: everyMs },
  );
  const isFiltered = state !== undefined || customerId !== undefined;
  return (
    <Card flush>
      <Group p="sm" gap="sm" justify="space-between">
        <Filters />
        {may("webhooks:write") && <ReplayAll webhook={webhook} />}
      </Group>
      <Rows
        label={t("deliveries")}
        columns={useColumns()}
        list={list}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? (
            <Empty title={t("nothingFits")} icon={IconTruckDelivery} />
          ) : (
            <Empty title={t("noDeliveries")} hint={t("noDeliveriesHint")} icon={IconTruckDelivery} />
          )
        }
      />
      <DeliveryDrawer
        id={delivery}
        close={() => navigate({ search: (before) => ({ ...before, delivery: undefined }), replace: true })}
      />
    </Card>
  );
}

function useColumns(): Column<Delivery>[] {
  const t = useTranslations("webhooks");
  return [
    { key: "type", label: t("type"), cell: (delivery) => <TypeCell delivery={delivery} /> },
    { key: "state", label: t("state"), width: 120, cell: ({ state }) => <StateBadge state={state} /> },
    { key: "problem", label: t("problem"), wideOnly: true, cell: (delivery) => <ProblemCell delivery={delivery} /> },
    { key: "attempts", label: t("attempts"), width: 90, end: true, wideOnly: true, cell: ({ attempts }) => attempts },
    { key: "next", label: t("next"), width: 140, wideOnly: true, cell: (delivery) => <NextCell delivery={delivery} /> },
    { key: "customer", label: t("customer"), width: 100, cell: (delivery) => <CustomerCell delivery={delivery} /> },
    { key: "rule", label: t("rule"), wideOnly: true, cell: ({ ruleId }) => <RuleCell id={ruleId} /> },
    { key: "wanted", label: t("wanted"), width: 140, cell: ({ createdAt }) => <When at={createdAt} /> },
  ];
}

function Filters() {
  const t = useTranslations("webhooks");
  const { state, customerId } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (value: string | null) =>
    navigate({
      search: (before) => ({ ...before, state: value === "all" ? undefined : (value ?? undefined) }),
      replace: true,
    });
  return (
    <Group gap="sm">
      <Select
        w={200}
        aria-label={t("state")}
        value={state ?? "all"}
        onChange={choose}
        allowDeselect={false}
        data={[
          { value: "all", label: t("allStates") },
          ...deliveryStates.map((value) => ({ value, label: t(`states.${value}`) })),
        ]}
      />
      {customerId !== undefined && (
        <Group gap={6}>
          <Text size="sm">{t("ofCustomer", { id: customerId })}</Text>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => navigate({ search: (before) => ({ ...before, customerId: undefined }), replace: true })}
          >
            {t("ofAll")}
          </Button>
        </Group>
      )}
    </Group>
  );
}

function TypeCell({ delivery: { id, type } }: { delivery: Delivery }) {
  const t = useTranslations("webhooks");
  return (
    <Link
      from="/webhooks/$id"
      to="."
      search={(before) => ({ ...before, delivery: id })}
      replace
      resetScroll={false}
      className="row-link"
      aria-label={t("showDelivery", { id, type })}
    >
      {type}
    </Link>
  );
}

/** What did not work last; what arrived in the end has no problem any more. */
function ProblemCell({ delivery: { problem, statusCode, state } }: { delivery: Delivery }) {
  if (state === "delivered") return <span className="figures">{statusCode ?? "–"}</span>;
  return <Box component="span">{problem ?? statusCode ?? "–"}</Box>;
}

function NextCell({ delivery: { state, nextAt } }: { delivery: Delivery }) {
  return <When at={state === "planned" ? nextAt : null} />;
}

function CustomerCell({ delivery: { customerId } }: { delivery: Delivery }) {
  if (customerId === null) return "–";
  return (
    <Anchor component={Link} to={`/customers/${customerId}`} size="sm" className="above-row-link">
      #{customerId}
    </Anchor>
  );
}
