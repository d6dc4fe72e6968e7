// The history of a rule: whom it met, what came of it, and if nothing did, why not, in sentences.
import { Anchor, Button, Drawer, Group, Select, Stack, Text } from "@mantine/core";
import { IconHistory, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { Rule, RuleRun } from "@/api/types";
import { useSentence } from "@/conditions/speech";
import { customerName } from "@/customers/name";
import { customerQuery } from "@/customers/queries";
import { Between } from "@/parts/between";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { type RuleSearch, runDays } from "@/searches";
import { outcomes } from "./outcomes";
import { rulesPath } from "./queries";
import { refusalsOf } from "./reason";
import { Outcome, RunStory } from "./run-story";

const route = getRouteApi("/inside/rules/$id");
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const ALL = "all";
export function Runs({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const { outcome, days, from, until, customerId, run: openRun } = route.useSearch();
  const navigate = route.useNavigate();
  const since = useMemo(() => sinceOf(days) ?? from, [days, from]);
  const list = useCursorList<RuleRun>(`${rulesPath}/${rule.id}/runs`, { outcome, since, until, customerId });
  const show = (run: number | undefined) => navigate({ search: (before) => ({ ...before, run }), replace: true });
  const shown = list.items.find(({ id }) => id === openRun);
  const isNarrowed = [outcome, since, until, customerId].some((value) => value !== undefined);
  const columns: Column<RuleRun>[] = [
    { key: "at", label: t("at"), width: 160, cell: (run) => <When at={run.at} /> },
    { key: "customer", label: t("customer"), width: 200, cell: (run) => <CustomerCell run={run} /> },
    { key: "outcome", label: t("outcome"), width: 200, cell: (run) => <Outcome outcome={run.outcome} /> },
    { key: "why", label: t("why"), cell: (run) => <WhyCell run={run} rule={rule} show={show} /> },
  ];
  return (
    <Card flush>
      <Filters />
      <Rows
        label={t("tabs.runs")}
        columns={columns}
        list={list}
        keyOf={(run) => run.id}
        empty={
          <Empty
            title={t(isNarrowed ? "noRunsHere" : "noRuns")}
            hint={t(isNarrowed ? "noRunsHereHint" : "noRunsHint")}
            icon={IconHistory}
          />
        }
      />
      <RunDrawer run={shown} rule={rule} close={() => show(undefined)} />
    </Card>
  );
}

/** To the minute, so that drawing the page again asks nothing anew. */
function sinceOf(days: number | undefined): string | undefined {
  if (days === undefined) return undefined;
  return new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - days * DAY_MS).toISOString();
}

function Filters() {
  const t = useTranslations("automation");
  const { outcome, days, from, until, customerId } = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (change: Partial<RuleSearch>) =>
    navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Group p="sm" gap="xs">
      <Select
        w={230}
        aria-label={t("outcomeFilter")}
        value={outcome ?? ALL}
        onChange={(value) => narrow({ outcome: value === ALL ? undefined : (value ?? undefined) })}
        allowDeselect={false}
        data={[
          { value: ALL, label: t("allOutcomes") },
          ...outcomes.map((value) => ({ value: value as string, label: t(`outcomes.${value}`) })),
        ]}
      />
      <Select
        w={170}
        aria-label={t("since")}
        value={days === undefined ? ALL : String(days)}
        onChange={(value) =>
          narrow({ days: runDays.find((one) => String(one) === value), from: undefined, until: undefined })
        }
        allowDeselect={false}
        data={[
          { value: ALL, label: t("sinces.all") },
          ...runDays.map((value) => ({ value: String(value), label: t(`sinces.d${value}`) })),
        ]}
      />
      <Between from={from} until={until} clear={() => narrow({ from: undefined, until: undefined })} />
      {customerId !== undefined && <OnlyCustomer id={customerId} clear={() => narrow({ customerId: undefined })} />}
    </Group>
  );
}

function OnlyCustomer({ id, clear }: { id: number; clear: () => void }) {
  const t = useTranslations("automation");
  const { data: customer } = useQuery(customerQuery(id));
  const name = (customer && customerName(customer)) || t("customerNumber", { id });
  return (
    <Button
      size="xs"
      variant="light"
      rightSection={<IconX size={14} aria-hidden />}
      aria-label={t("allCustomers")}
      onClick={clear}
    >
      {t("onlyCustomer", { customer: name })}
    </Button>
  );
}

function CustomerCell({ run }: { run: RuleRun }) {
  const t = useTranslations("automation");
  return (
    <Anchor component={Link} to={`/customers/${run.customerId}`} size="sm">
      {run.customerName || t("customerNumber", { id: run.customerId })}
    </Anchor>
  );
}

/** The first thing that stood in the way, and the button to see all of it. */
function WhyCell({ run, rule, show }: { run: RuleRun; rule: Rule; show: (run: number) => void }) {
  const sentenceOf = useSentence();
  const first = refusalsOf(run, rule)[0];
  return (
    <Group gap="xs" wrap="nowrap">
      <WhyButton run={run} show={show} />
      {first && (
        <Text size="sm" c="dimmed" truncate>
          {sentenceOf(first.leaf)}
        </Text>
      )}
    </Group>
  );
}

function WhyButton({ run, show }: { run: RuleRun; show: (run: number) => void }) {
  const t = useTranslations("automation");
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t("whyRun", { customer: run.customerName || t("customerNumber", { id: run.customerId }) })}
      onClick={() => show(run.id)}
    >
      {t("why")}
    </Button>
  );
}

function RunDrawer({ run, rule, close }: { run: RuleRun | undefined; rule: Rule; close: () => void }) {
  const t = useTranslations("automation");
  const parts = useTranslations("parts");
  return (
    <Drawer
      opened={run !== undefined}
      onClose={close}
      title={t("whyTitle")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {run && (
        <Stack gap="md">
          <Group gap="xs">
            <Outcome outcome={run.outcome} />
            <Text size="sm" component="div">
              <When at={run.at} exact />
            </Text>
          </Group>
          <RunStory run={run} rule={rule} />
          <RunLinks run={run} />
        </Stack>
      )}
    </Drawer>
  );
}

function RunLinks({ run }: { run: RuleRun }) {
  const t = useTranslations("automation");
  const to = `/customers/${run.customerId}`;
  return (
    <Group gap="md">
      <Anchor component={Link} to={to} size="sm">
        {t("toCustomer")}
      </Anchor>
      {run.activityId !== null && (
        <Anchor component={Link} to={`${to}?tab=timeline&kinds=["activity"]`} size="sm">
          {t("toActivity")}
        </Anchor>
      )}
      <Anchor
        component={Link}
        to="/rules/$id"
        params={{ id: String(run.ruleId) } as never}
        search={{ tab: "runs", customerId: run.customerId } as never}
        size="sm"
      >
        {t("runsOfCustomer")}
      </Anchor>
      {run.why.version !== undefined && (
        <Text size="sm" c="dimmed">
          {t("ofVersion", { version: run.why.version })}
        </Text>
      )}
    </Group>
  );
}
