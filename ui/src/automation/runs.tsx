// The history of a rule: whom it met, whether it fired, and if not, why not, in sentences.
import { Badge, Box, Button, Drawer, Group, Select, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Rule, RuleRun, RunOutcome } from "@/api/types";
import { useSentence } from "@/conditions/speech";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { rulesPath } from "./queries";
import { refusalsOf } from "./reason";
import { Deeds, Refusals } from "./run-reason";

const route = getRouteApi("/inside/rules/$id");
const outcomes: RunOutcome[] = [
  "fired",
  "condition_not_met",
  "outside_validity",
  "failed",
  "action_done",
  "action_skipped",
  "action_failed",
];

export function Runs({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const { outcome, run: openRun } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useCursorList<RuleRun>(`${rulesPath}/${rule.id}/runs`, { outcome });
  const show = (run: number | undefined) => navigate({ search: (before) => ({ ...before, run }), replace: true });
  const shown = list.items.find(({ id }) => id === openRun);
  const columns: Column<RuleRun>[] = [
    { key: "at", label: t("at"), width: 160, cell: (run) => <When at={run.at} /> },
    { key: "customer", label: t("customer"), width: 200, cell: (run) => <CustomerCell run={run} /> },
    { key: "outcome", label: t("outcome"), width: 190, cell: (run) => <Outcome outcome={run.outcome} /> },
    { key: "why", label: t("why"), cell: (run) => <WhyCell run={run} rule={rule} show={show} /> },
  ];
  return (
    <Card flush>
      <Box p="sm">
        <Select
          w={230}
          aria-label={t("outcomeFilter")}
          value={outcome ?? "all"}
          onChange={(value) =>
            navigate({
              search: (before) => ({ ...before, outcome: value === "all" ? undefined : (value ?? undefined) }),
              replace: true,
            })
          }
          allowDeselect={false}
          data={[
            { value: "all", label: t("allOutcomes") },
            ...outcomes.map((value) => ({ value, label: t(`outcomes.${value}`) })),
          ]}
        />
      </Box>
      <Rows
        label={t("tabs.runs")}
        columns={columns}
        list={list}
        keyOf={(run) => run.id}
        empty={<Empty title={t("noRuns")} hint={t("noRunsHint")} icon={IconHistory} />}
      />
      <RunDrawer run={shown} rule={rule} close={() => show(undefined)} />
    </Card>
  );
}

function CustomerCell({ run }: { run: RuleRun }) {
  const t = useTranslations("automation");
  return (
    <Link
      to="/customers/$id"
      params={{ id: String(run.customerId) }}
      search={{}}
      style={{ color: "var(--mantine-color-anchor)" }}
    >
      {run.customerName || t("customerNumber", { id: run.customerId })}
    </Link>
  );
}

function Outcome({ outcome }: { outcome: RunOutcome }) {
  const t = useTranslations("automation");
  const isGood = outcome === "fired" || outcome === "action_done";
  const isBad = outcome === "failed" || outcome === "action_failed";
  return <Badge color={isGood ? "pine" : isBad ? "red" : "gray"}>{t(`outcomes.${outcome}`)}</Badge>;
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
          <Text size="sm" component="div">
            <Outcome outcome={run.outcome} /> <When at={run.at} exact />
          </Text>
          <Text size="sm">{t(`reasons.${run.outcome}`)}</Text>
          <Refusals run={run} rule={rule} />
          <Deeds run={run} rule={rule} />
          {run.why.condition && <Text size="sm">{run.why.condition}</Text>}
        </Stack>
      )}
    </Drawer>
  );
}
