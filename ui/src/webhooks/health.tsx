// How a webhook stands: as a badge in lists, and as a notice on its page when something is wrong.
import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconClockPause } from "@tabler/icons-react";
import { useFormatter, useTranslations } from "use-intl";
import type { Webhook } from "@/api/types";
import { useRefusalText } from "@/refusals";
import { type Health, healthOf } from "./state";

const colors: Record<Health, string> = { works: "pine", stumbles: "orange", paused: "red", retried: "blue" };

export function HealthBadge({ webhook }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const timeOf = useTime();
  const { active, breaker } = webhook;
  if (!active) return <Badge color="gray">{t("isOff")}</Badge>;
  const health = healthOf(breaker);
  return (
    <Group gap={8} wrap="nowrap">
      <Badge color={colors[health]}>{t(`health.${health}`)}</Badge>
      {health === "paused" && breaker.until && (
        <Text size="sm" c="dimmed" className="figures">
          {t("until", { at: timeOf(breaker.until) })}
        </Text>
      )}
    </Group>
  );
}

/** Why the last thing did not work, as far as the list knows. */
export function ProblemCell({ webhook: { problem, breaker } }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const refusalText = useRefusalText();
  if (problem) return refusalText({ message: problem });
  return breaker.failures > 0 ? t("failures", { count: breaker.failures }) : "–";
}

export function Notices({ webhook }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const timeOf = useTime();
  const refusalText = useRefusalText();
  const { active, problem, breaker } = webhook;
  const health = healthOf(breaker);
  return (
    <Stack gap="sm" className="notices">
      {problem && !active && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t("offTitle")}>
          {sentence(refusalText({ message: problem }))} {t("offText")}
        </Alert>
      )}
      {active && health === "paused" && (
        <Alert color="orange" icon={<IconClockPause size={18} />} title={t("pausedTitle")}>
          {t("pausedText", { count: breaker.failures, at: breaker.until ? timeOf(breaker.until) : "–" })}
        </Alert>
      )}
      {active && health === "retried" && (
        <Alert color="blue" icon={<IconClockPause size={18} />} title={t("retriedTitle")}>
          {t("retriedText")}
        </Alert>
      )}
    </Stack>
  );
}

/** The server says its reasons without a capital and a full stop. */
function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;
}

function useTime(): (moment: string) => string {
  const format = useFormatter();
  return (moment) => format.dateTime(new Date(moment), { timeStyle: "medium" });
}
