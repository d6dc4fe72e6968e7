// How each attempt of a delivery went, the latest first.
import { Box, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { DeliveryAttempt, DeliveryDetail } from "@/api/types";
import { useRefusalText } from "@/refusals";

export function Attempts({ delivery: { history } }: { delivery: DeliveryDetail }) {
  const t = useTranslations("webhooks");
  if (history.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noHistory")}
      </Text>
    );
  }
  return (
    <Box component="ol" className="plain-list attempts" aria-label={t("history")}>
      {history.toReversed().map((attempt) => (
        <Attempt key={attempt.at} attempt={attempt} />
      ))}
    </Box>
  );
}

function Attempt({ attempt: { at, status, durationMs, problem } }: { attempt: DeliveryAttempt }) {
  const t = useTranslations("webhooks");
  const format = useFormatter();
  const refusalText = useRefusalText();
  const isGood = problem === null;
  return (
    <li>
      <Text size="sm" className="figures" component="div">
        <Text span inherit fw={550} c={isGood ? "var(--regulars-good)" : "var(--mantine-color-error)"}>
          {status ?? t("noAnswer")}
        </Text>
        {" · "}
        <time dateTime={at}>{format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "medium" })}</time>
        {" · "}
        {t("took", { ms: durationMs })}
      </Text>
      {problem && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {refusalText({ message: problem })}
        </Text>
      )}
    </li>
  );
}
