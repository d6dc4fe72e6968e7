// What would happen when: the runs of a simulation one after the other, each with its reasons.
import { Alert, Group, Stack, Text, Timeline } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { RulePlan, RuleSimulated } from "@/api/types";
import { When } from "@/parts/when";
import { passedBetween } from "./passed";
import { Outcome, RunStory } from "./run-story";
import { useDeedText, usePathText, useSpanText } from "./texts";
import { toldRule } from "./trial";
import type { RuleValues } from "./values";

type Props = { answer: RuleSimulated; values: RuleValues };

export function SimulatedTimeline({ answer, values }: Props) {
  const t = useTranslations("simulation");
  const { runs, plans, runsOfOthers, until } = answer;
  const first = runs[0];
  return (
    <Stack gap="md">
      <Text fw={600}>{t("resultTitle")}</Text>
      {first === undefined ? (
        <Alert color="gray" icon={<IconEyeOff size={18} />}>
          {t("notLooked")}
        </Alert>
      ) : (
        <Timeline bulletSize={16} lineWidth={2} color="pine">
          {runs.map((run) => (
            <Timeline.Item
              key={run.id}
              title={
                <Group gap="xs">
                  <Outcome outcome={run.outcome} />
                  <Passed from={first.at} to={run.at} />
                </Group>
              }
            >
              <RunStory run={run} rule={toldRule(values, run.why.version)} />
            </Timeline.Item>
          ))}
        </Timeline>
      )}
      <StillPlanned plans={plans} />
      <Text size="sm" c="dimmed" component="div">
        {runsOfOthers > 0 && `${t("others", { count: runsOfOthers })} `}
        {t.rich("until", { at: () => <When at={until} exact="day" /> })}
      </Text>
    </Stack>
  );
}

/** How long after the beginning, and when that would be. */
function Passed({ from, to }: { from: string; to: string }) {
  const t = useTranslations("simulation");
  const spanText = useSpanText();
  const passed = passedBetween(from, to);
  return (
    <Text size="sm" span>
      {passed === null ? t("atOnce") : t("dayLater", { span: spanText(passed) })}
      <Text span inherit c="dimmed">
        {" · "}
        <When at={to} exact />
      </Text>
    </Text>
  );
}

function StillPlanned({ plans }: { plans: RulePlan[] }) {
  const t = useTranslations("simulation");
  const deedText = useDeedText();
  const pathText = usePathText();
  if (plans.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t("stillPlanned")}
      </Text>
      <ul className="plain-list">
        {plans.map((plan) => (
          <li key={plan.id}>
            <Text size="sm" span>
              {plan.action ? deedText(plan.action) : pathText(plan.path)} · <When at={plan.dueAt} exact />
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
