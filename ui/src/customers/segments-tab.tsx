// The segments a customer is in: by hand ones can be added and removed, computed ones explain themselves.
import { Badge, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconHelp, IconTargetArrow } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { get, post } from "@/api/client";
import type { Customer, Membership, Page, Segment } from "@/api/types";
import { Empty } from "@/parts/empty";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";

const route = getRouteApi("/inside/customers/$id");
const SEGMENTS_MAX = 500;

export function SegmentsTab({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const may = useMay();
  return (
    <Stack gap="sm" p="md">
      {may("segments:write") && <AddSegment customer={customer} />}
      {customer.segments.length === 0 && (
        <Empty title={t("noSegments")} hint={t("noSegmentsHint")} icon={IconTargetArrow} />
      )}
      {customer.segments.map((membership) => (
        <MembershipRow key={membership.id} customer={customer} membership={membership} />
      ))}
    </Stack>
  );
}

type MemberChange = { add?: number[]; remove?: number[] };

function useMembershipChange(customer: Customer) {
  const toasts = useToasts();
  const queries = useQueryClient();
  const send = async (segment: number, change: MemberChange) => {
    await post(`/api/segments/${segment}/members`, change);
    await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer.id)] });
    await queries.invalidateQueries({ queryKey: [`${customersPath}/${customer.id}/timeline`] });
  };
  return async (segment: number, change: MemberChange, said: string) => {
    try {
      await send(segment, change);
      toasts.done(said, () => send(segment, { add: change.remove, remove: change.add }));
    } catch (error) {
      toasts.failed(error);
    }
  };
}

function AddSegment({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const change = useMembershipChange(customer);
  const { data: segments = [] } = useQuery({
    queryKey: ["/api/segments", "all"],
    queryFn: async ({ signal }) => (await get<Page<Segment>>("/api/segments", { limit: SEGMENTS_MAX }, signal)).items,
  });
  const present = new Set(customer.segments.map(({ id }) => id));
  const offered = segments.filter((segment) => !segment.calculated && !present.has(segment.id));
  const add = (value: string | null) => {
    const segment = offered.find(({ id }) => String(id) === value);
    if (segment) change(segment.id, { add: [customer.id] }, t("addedToSegment", { name: segment.name }));
  };
  return (
    <Select
      searchable
      maw={360}
      label={t("addToSegment")}
      description={t("addToSegmentHint")}
      placeholder={t("chooseSegment")}
      nothingFoundMessage={t("noManualSegments")}
      value={null}
      onChange={add}
      data={offered.map(({ id, name }) => ({ value: String(id), label: name }))}
    />
  );
}

function MembershipRow({ customer, membership }: { customer: Customer; membership: Membership }) {
  const t = useTranslations("customers");
  const navigate = route.useNavigate();
  const may = useMay();
  const change = useMembershipChange(customer);
  const { name } = membership;
  return (
    <Group justify="space-between" p="sm" className="card" gap="xs">
      <div>
        <Group gap="xs">
          <Link
            to="/segments/$id"
            params={{ id: String(membership.id) }}
            search={{}}
            style={{ color: "var(--mantine-color-anchor)", fontWeight: 550, fontSize: 14 }}
          >
            {name}
          </Link>
          <Badge color="gray">{membership.groupName}</Badge>
          <Badge color={membership.calculated ? "blue" : "gray"}>
            {t(membership.calculated ? "computed" : "manual")}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {t("inSince")} <When at={membership.since} exact="day" />
          {membership.counter > 1 && ` · ${t("counter", { count: membership.counter })}`}
        </Text>
      </div>
      <Group gap="xs">
        {membership.calculated && may("segments:read") && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHelp size={15} />}
            aria-label={t("whyIn", { name })}
            onClick={() => navigate({ search: (before) => ({ ...before, why: membership.id }) })}
          >
            {t("why")}
          </Button>
        )}
        {!membership.calculated && may("segments:write") && (
          <Button
            size="xs"
            variant="default"
            aria-label={t("removeFromSegment", { name })}
            onClick={() => change(membership.id, { remove: [customer.id] }, t("removedFromSegment", { name }))}
          >
            {t("remove")}
          </Button>
        )}
      </Group>
    </Group>
  );
}
