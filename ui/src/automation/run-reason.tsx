// The reason of one run in sentences: what the condition found instead, and what became of each action.
import { Badge, Group, Stack, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Rule, RuleRun } from "@/api/types";
import { LeafVerdict } from "@/conditions/explanation";
import { readable } from "@/parts/readable";
import { When } from "@/parts/when";
import { isOutdated, refusalsOf } from "./reason";

type Props = { run: RuleRun; rule: Rule };

export function Refusals({ run, rule }: Props) {
  const t = useTranslations("automation");
  if (isOutdated(run, rule)) {
    return (
      <Text size="sm" c="dimmed">
        {t("ruleChanged")}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {refusalsOf(run, rule).map(({ leaf, saw }) => (
        <LeafVerdict key={JSON.stringify(leaf)} node={{ condition: leaf, matches: false, saw }} />
      ))}
    </Stack>
  );
}

const outcomes = ["done", "planned", "failed", "action_done", "action_failed", "action_skipped"] as const;
type Known = (typeof outcomes)[number];
const reasons = [
  "segment_missing",
  "segment_calculated",
  "template_missing",
  "rule_deleted",
  "rule_inactive",
  "customer_gone",
] as const;
type KnownReason = (typeof reasons)[number];

export function Deeds({ run, rule }: Props) {
  const t = useTranslations("automation");
  return (
    <Stack gap="xs">
      {run.why.actions?.map(({ position, outcome, reason, at }) => {
        const action = rule.actions[position];
        return (
          <Group key={position} gap="xs">
            <Badge color="gray">{position + 1}</Badge>
            <Text size="sm">
              {action ? t(`actionNames.${action.type}`) : t("actionNumber", { number: position + 1 })}:
            </Text>
            <Text size="sm" fw={550}>
              {known(outcomes, outcome) ? t(`deeds.${outcome as Known}`) : readable(outcome)}{" "}
              {at && <When at={at} exact />}
            </Text>
            {reason && (
              <Text size="sm" c="dimmed">
                {known(reasons, reason) ? t(`deedReasons.${reason as KnownReason}`) : readable(reason)}
              </Text>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}

function known(all: readonly string[], one: string): boolean {
  return all.includes(one);
}
