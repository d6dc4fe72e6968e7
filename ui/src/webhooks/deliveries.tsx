// The deliveries of a webhook, newest first; each row opens what was sent and how each attempt went.
import { Anchor, Button, Group, Select, Text } from "@mantine/core";
import { IconTruckDelivery } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Delivery, Webhook } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useRefusalText } from "@/refusals";
import { useMay } from "@/shell/session";
import { RuleCell, StateBadge } from "./cells";
import { DeliveryDrawer } from "./delivery-drawer";
import { everyMs, webhooksPath } from "./queries";
import { ReplayAll } from "./replay-all";
import { deliveryStates, nextAttempt } from "./state";

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
        {may("webhooks:write") && may("customers:read") && <ReplayAll webhook={webhook} />}
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
    { key: "state", label: t("state"), width: 200, cell: (delivery) => <StateCell delivery={delivery} /> },
    { key: "answer", label: t("lastAnswer"), wideOnly: true, cell: (delivery) => <AnswerCell delivery={delivery} /> },
    { key: "attempts", label: t("attempts"), width: 90, end: true, roomyOnly: true, cell: ({ attempts }) => attempts },
    {
      key: "customer",
      label: t("customer"),
      width: 100,
      wideOnly: true,
      cell: (delivery) => <CustomerCell delivery={delivery} />,
    },
    { key: "rule", label: t("rule"), roomyOnly: true, cell: ({ ruleId }) => <RuleCell id={ruleId} /> },
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

/** Where it stands, and when it is tried next. */
function StateCell({ delivery }: { delivery: Delivery }) {
  const next = nextAttempt(delivery, Date.now());
  return (
    <Group gap={8} wrap="nowrap">
      <StateBadge state={delivery.state} />
      {next && (
        <Text size="sm" c="dimmed" component="span" className="above-row-link">
          <When at={next} />
        </Text>
      )}
    </Group>
  );
}

/** The last status, or why there was none. */
function AnswerCell({ delivery: { problem, statusCode } }: { delivery: Delivery }) {
  const refusalText = useRefusalText();
  const why = problem ? refusalText({ message: problem }) : undefined;
  return (
    <Text size="sm" truncate className="figures" maw={{ base: 170, lg: 320 }} title={why}>
      {statusCode ?? why ?? "–"}
    </Text>
  );
}

function CustomerCell({ delivery: { customerId } }: { delivery: Delivery }) {
  if (customerId === null) return "–";
  return (
    <Anchor component={Link} to={`/customers/${customerId}`} size="sm" className="above-row-link">
      #{customerId}
    </Anchor>
  );
}
