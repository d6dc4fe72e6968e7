// Why a customer is in a computed segment, or is not: each part of its condition with what was found.
import { Drawer, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { Answer } from "@/conditions/answer";
import { useCatalogue } from "@/conditions/catalogue";
import { Failure } from "@/parts/failure";
import { useOpening } from "@/parts/later";
import { LoadingLines } from "@/parts/loading";
import { When } from "@/parts/when";
import { customerName } from "./name";
import { explainQuery } from "./queries";

const route = getRouteApi("/inside/customers/$id");

export function WhyDrawer({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const { why } = route.useSearch();
  const navigate = route.useNavigate();
  const { segments } = useCatalogue();
  const show = (segment: number | undefined) =>
    navigate({ search: (before) => ({ ...before, why: segment }), replace: true });
  return (
    <Drawer
      opened={useOpening(why !== undefined)}
      onClose={() => show(undefined)}
      title={t("whyTitle", { name: customerName(customer) })}
      closeButtonProps={{ "aria-label": t("closeWhy") }}
    >
      <Stack gap="md">
        <Select
          searchable
          label={t("whySegment")}
          value={why === undefined ? null : String(why)}
          onChange={(value) => value !== null && show(Number(value))}
          allowDeselect={false}
          data={segments.map(({ id, name }) => ({ value: String(id), label: name }))}
        />
        {why !== undefined && <Why customer={customer} segment={why} />}
      </Stack>
    </Drawer>
  );
}

function Why({ customer, segment }: { customer: Customer; segment: number }) {
  const t = useTranslations("customers");
  const { data, error, refetch } = useQuery(explainQuery(customer.id, segment));
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <LoadingLines />;
  return (
    <Answer matches={data.matches} dueAt={data.dueAt} tree={data.tree}>
      {data.since && (
        <Text size="sm">
          {t("inSince")} <When at={data.since} exact />
        </Text>
      )}
    </Answer>
  );
}
