// The history of a rule: whom it met, whether it fired, and if not, why not, in sentences.
import { Badge, Box, Button, Drawer, Group, Select, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Condition, Rule, RuleRun } from "@/api/types";
import { Explanation } from "@/conditions/explanation";
import { useSentence } from "@/conditions/speech";
import { readable } from "@/jobs/name";
import { useCursorList } from "@/parts/cursor-list";
import { Details } from "@/parts/details";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { rulesPath } from "./queries";
import { firstObstacle, isKnownOutcome, reasonOf } from "./reason";

const route = getRouteApi("/inside/rules/$id");
const outcomes = ["fired", "condition_not_met", "outside_validity"];

export function Runs({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const { outcome, run: openRun } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useCursorList<RuleRun>(`${rulesPath}/${rule.id}/runs`, { outcome });
  const show = (run: number | undefined) => navigate({ search: (before) => ({ ...before, run }), replace: true });
  const shown = list.items.find(({ id }) => id === openRun);
  const columns: Column<RuleRun>[] = [
    { key: "at", label: t("at"), width: 160, cell: (run) => <When at={run.at} /> },
    { key: "customer", label: t("customer"), width: 130, cell: (run) => <CustomerCell run={run} /> },
    { key: "outcome", label: t("outcome"), width: 190, cell: (run) => <Outcome outcome={run.outcome} /> },
    { key: "why", label: t("why"), cell: (run) => <WhyCell run={run} show={show} /> },
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
            ...outcomes.map((value) => ({ value, label: isKnownOutcome(value) ? t(`outcomes.${value}`) : value })),
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
      <RunDrawer run={shown} close={() => show(undefined)} />
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
      {t("customerNumber", { id: run.customerId })}
    </Link>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  const t = useTranslations("automation");
  const color = outcome === "fired" ? "pine" : outcome.includes("fail") ? "red" : "gray";
  return <Badge color={color}>{isKnownOutcome(outcome) ? t(`outcomes.${outcome}`) : readable(outcome)}</Badge>;
}

/** The first thing that stood in the way, and the button to see all of it. */
function WhyCell({ run, show }: { run: RuleRun; show: (run: number) => void }) {
  const sentenceOf = useSentence();
  const { tree } = reasonOf(run.why);
  const obstacle = run.outcome === "fired" || tree === null ? null : firstObstacle(tree);
  return (
    <Group gap="xs" wrap="nowrap">
      <WhyButton run={run} show={show} />
      {obstacle?.condition !== undefined && (
        <Text size="sm" c="dimmed" truncate>
          {sentenceOf(obstacle.condition as Condition)}
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
      aria-label={t("whyRun", { id: run.customerId })}
      onClick={() => show(run.id)}
    >
      {t("why")}
    </Button>
  );
}

function RunDrawer({ run, close }: { run: RuleRun | undefined; close: () => void }) {
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
          <Text size="sm">
            <Outcome outcome={run.outcome} /> <When at={run.at} exact />
          </Text>
          <Reason run={run} />
        </Stack>
      )}
    </Drawer>
  );
}

function Reason({ run }: { run: RuleRun }) {
  const t = useTranslations("automation");
  const { tree, rest } = reasonOf(run.why);
  return (
    <Stack gap="sm">
      {isKnownOutcome(run.outcome) && <Text size="sm">{t(`reasons.${run.outcome}`)}</Text>}
      {tree && <Explanation node={tree} />}
      <Details of={rest} />
    </Stack>
  );
}
