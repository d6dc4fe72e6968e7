// The segments a customer is in: those filled by hand are dragged in and out, or chosen and removed; computed ones explain themselves.
import { Badge, Box, Button, Group, Stack, Text } from "@mantine/core";
import { IconGripVertical, IconHelp, IconTargetArrow } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Customer, Membership } from "@/api/types";
import { Empty } from "@/parts/empty";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";
import { DropZone, type Held, type Hold, takenBy } from "./segment-drag";
import { SegmentsByHand } from "./segments-by-hand";

const route = getRouteApi("/inside/customers/$id");

export function SegmentsTab({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const may = useMay();
  const [held, hold] = useState<Held | null>(null);
  const { add, remove } = useMembershipChange(customer);
  const memberships = (
    <Stack gap="sm" data-testid="segments-of-customer">
      {customer.segments.length === 0 && (
        <Empty title={t("noSegments")} hint={t("noSegmentsHint")} icon={IconTargetArrow} />
      )}
      {customer.segments.map((membership) => (
        <MembershipRow key={membership.id} membership={membership} hold={hold} remove={remove} />
      ))}
    </Stack>
  );
  if (!may("segments:write")) return <Box p="md">{memberships}</Box>;
  return (
    <div className="segments-of-one">
      <DropZone held={held} takes={held?.isIn === false} hold={hold} drop={add}>
        {memberships}
      </DropZone>
      <DropZone held={held} takes={held?.isIn === true} hold={hold} drop={remove}>
        <SegmentsByHand customer={customer} hold={hold} add={add} />
      </DropZone>
    </div>
  );
}

type Named = { id: number; name: string };
type MemberChange = { add?: number[]; remove?: number[]; since?: string; counter?: number };

function useMembershipChange(customer: Customer) {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const queries = useQueryClient();
  const send = async (segment: number, change: MemberChange) => {
    await post(`/api/segments/${segment}/members`, change);
    await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer.id)] });
    await queries.invalidateQueries({ queryKey: [`${customersPath}/${customer.id}/timeline`] });
  };
  const change = async (segment: number, wanted: MemberChange, back: MemberChange, said: string) => {
    try {
      await send(segment, wanted);
      toasts.done(said, () => send(segment, back));
    } catch (error) {
      toasts.failed(error);
    }
  };
  const chosen = [customer.id];
  return {
    add: ({ id, name }: Named) => change(id, { add: chosen }, { remove: chosen }, t("addedToSegment", { name })),
    // Who comes back has been in it for as long, and was put in as often, as before.
    remove: ({ id, name }: Named) => {
      const { since, counter } = customer.segments.find((membership) => membership.id === id) ?? {};
      return change(id, { remove: chosen }, { add: chosen, since, counter }, t("removedFromSegment", { name }));
    },
  };
}

type RowProps = { membership: Membership; hold: Hold; remove: (segment: Named) => void };

function MembershipRow({ membership, hold, remove }: RowProps) {
  const t = useTranslations("customers");
  const navigate = route.useNavigate();
  const may = useMay();
  const { id, name } = membership;
  const isByHand = !membership.calculated && may("segments:write");
  return (
    <Group
      justify="space-between"
      p="sm"
      className="card"
      gap="xs"
      wrap="nowrap"
      {...(isByHand && takenBy(hold, { id, name, isIn: true }))}
    >
      {isByHand && <IconGripVertical size={15} aria-hidden className="segment-grip" />}
      <Box flex={1} miw={0}>
        <Group gap="xs">
          <Link
            draggable={!isByHand}
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
      </Box>
      <Group gap="xs" wrap="nowrap">
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
        {isByHand && (
          <Button
            size="xs"
            variant="default"
            aria-label={t("removeFromSegment", { name })}
            onClick={() => remove(membership)}
          >
            {t("remove")}
          </Button>
        )}
      </Group>
    </Group>
  );
}
