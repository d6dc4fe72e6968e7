// What a run came to, in sentences: what the condition found instead, what became of each action, where on its journey somebody is.
import { Badge, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { JourneyStep, RunDeed, RunOutcome } from "@/api/types";
import { LeafVerdict } from "@/conditions/explanation";
import { readable } from "@/parts/readable";
import { When } from "@/parts/when";
import { useRefusalText } from "@/refusals";
import { ruleChoicesQuery } from "./queries";
import { deedAt, deedPath, isOutdated, refusalsOf, type ToldRule, type ToldRun } from "./reason";
import { useDeedText, usePathText, useStepText } from "./texts";

type Props = { run: ToldRun; rule: ToldRule };

export function Outcome({ outcome }: { outcome: RunOutcome }) {
  const t = useTranslations("automation.outcomes");
  return <Badge color={colorOf(outcome)}>{t(outcome)}</Badge>;
}

function colorOf(outcome: RunOutcome): string {
  if (outcome === "failed" || outcome === "action_failed") return "red";
  if (outcome === "fired" || outcome === "action_done" || outcome === "finished") return "pine";
  return outcome === "went_on" ? "blue" : "gray";
}

export function RunStory({ run, rule }: Props) {
  const t = useTranslations("automation");
  const { why, outcome } = run;
  const hasDeeds = (why.actions?.length ?? 0) > 0;
  return (
    <Stack gap="sm">
      {/* A refused condition explains itself by what it found. */}
      {(outcome !== "fired" || hasDeeds) && <Text size="sm">{t(`reasons.${outcome}`)}</Text>}
      <Refusals run={run} rule={rule} />
      <Deeds run={run} rule={rule} />
      <Place run={run} rule={rule} />
      <Circumstances run={run} />
    </Stack>
  );
}

function Refusals({ run, rule }: Props) {
  const t = useTranslations("automation");
  if (isOutdated(run, rule)) {
    return (
      <Text size="sm" c="dimmed">
        {t("ruleChanged")}
      </Text>
    );
  }
  return refusalsOf(run, rule).map(({ leaf, saw, withheld }) => (
    <LeafVerdict key={JSON.stringify(leaf)} node={{ condition: leaf, matches: false, saw, withheld }} />
  ));
}

function Deeds({ run, rule }: Props) {
  const deeds = run.why.actions ?? [];
  if (deeds.length === 0) return null;
  return (
    <ul className="plain-list">
      {deeds.map((told, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the log never changes
        <li key={index}>
          <DeedLine told={told} run={run} rule={rule} />
        </li>
      ))}
    </ul>
  );
}

const outcomes = ["done", "planned", "skipped", "failed", "cancelled"] as const;
const colors: Record<string, string> = { done: "pine", planned: "blue", failed: "red" };

function DeedLine({ told, run, rule }: Props & { told: RunDeed }) {
  const t = useTranslations("automation.deeds");
  const deedText = useDeedText();
  const pathText = usePathText();
  const path = deedPath(told, rule);
  const deed = deedAt(path, run.why.version, rule);
  const outcome = outcomes.find((known) => known === told.outcome);
  return (
    <Group gap="xs">
      <Badge color={colors[told.outcome] ?? "gray"}>
        {outcome ? t(outcome) : readable(told.outcome)} {told.at && <When at={told.at} exact />}
      </Badge>
      <Text size="sm">{deed ? deedText(deed) : path !== null && pathText(path)}</Text>
      {told.reason && <Reason reason={told.reason} />}
    </Group>
  );
}

const reasons = [
  "segment_missing",
  "segment_calculated",
  "template_missing",
  "rule_deleted",
  "rule_inactive",
  "rule_missing",
  "rule_changed",
  "customer_missing",
  "condition_not_met",
  "no_profiling_consent",
  "no_tracked_segment",
  "no_target_group_segment",
] as const;

function Reason({ reason }: { reason: string }) {
  const t = useTranslations("automation.deedReasons");
  const refusalText = useRefusalText();
  const known = reasons.find((one) => one === reason);
  return (
    <Text size="sm" c="dimmed">
      {known ? t(known) : reason.includes(" ") ? refusalText({ message: reason }) : readable(reason)}
    </Text>
  );
}

/** Where on its journey somebody waits, or was when it ended. */
function Place({ run, rule }: Props) {
  const t = useTranslations("automation");
  const pathText = usePathText();
  const stepText = useStepText();
  const { path, until, version } = run.why;
  if (!path) return null;
  const step = version === rule.version ? (valueAt(rule, path) as JourneyStep | undefined) : undefined;
  const place = step?.type ? `${pathText(path)} (${stepText(step)})` : pathText(path);
  return (
    <Text size="sm" component="div">
      {t(until ? "waitsAt" : "stoodAt", { place })}{" "}
      {until && (
        <Text span inherit c="dimmed">
          {t.rich(step?.type === "wait" ? "untilThen" : "untilAtLatest", { at: () => <When at={until} exact /> })}
        </Text>
      )}
    </Text>
  );
}

function Circumstances({ run: { why } }: { run: ToldRun }) {
  const t = useTranslations("automation");
  const { data: rules = [] } = useQuery({ ...ruleChoicesQuery, enabled: why.byRule !== undefined });
  const other = rules.find(({ id }) => id === why.byRule)?.name ?? `#${why.byRule}`;
  const refusalText = useRefusalText();
  const problem = why.condition ?? why.problem;
  return (
    <>
      {why.reason && <Reason reason={why.reason} />}
      {why.lastAt && (
        <Text size="sm" c="dimmed" component="div">
          {t.rich("lastFired", { at: () => <When at={why.lastAt} /> })}
        </Text>
      )}
      {why.byRule !== undefined && (
        <Text size="sm" c="dimmed">
          {t("byRule", { name: other })}
        </Text>
      )}
      {why.by && (
        <Text size="sm" c="dimmed">
          {t("byPerson", { name: why.by })}
        </Text>
      )}
      {problem && <Text size="sm">{refusalText({ message: problem })}</Text>}
    </>
  );
}
