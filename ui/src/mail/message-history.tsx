// What happened to a message, in the order in which it did.
import { Box, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCalendarTime,
  IconCheck,
  IconClick,
  IconClockPause,
  IconEye,
  IconHandStop,
  IconQuestionMark,
  IconRefresh,
  IconRobot,
  IconSend,
  IconThumbDown,
  IconTrash,
  IconUserMinus,
} from "@tabler/icons-react";
import { useFormatter, useTranslations } from "use-intl";
import type { MessageEvent, MessageEventKind } from "@/api/types";
import { Card } from "@/parts/page";
import { When } from "@/parts/when";
import { useReason } from "./state";

const pictures: Record<MessageEventKind, { icon: Icon; color: string }> = {
  planned: { icon: IconCalendarTime, color: "blue" },
  sending: { icon: IconSend, color: "blue" },
  sent: { icon: IconCheck, color: "pine" },
  failed: { icon: IconAlertTriangle, color: "red" },
  suppressed: { icon: IconBan, color: "gray" },
  held: { icon: IconClockPause, color: "orange" },
  ambiguous: { icon: IconQuestionMark, color: "grape" },
  resent: { icon: IconRefresh, color: "blue" },
  dropped: { icon: IconTrash, color: "gray" },
  opened: { icon: IconEye, color: "pine" },
  clicked: { icon: IconClick, color: "pine" },
  machine: { icon: IconRobot, color: "gray" },
  unsubscribed: { icon: IconUserMinus, color: "orange" },
  hard_bounce: { icon: IconHandStop, color: "red" },
  soft_bounce: { icon: IconArrowBackUp, color: "orange" },
  complaint: { icon: IconThumbDown, color: "red" },
};

export function MessageHistory({ history }: { history: MessageEvent[] }) {
  const t = useTranslations("mail");
  return (
    <Card title={t("history")} hint={t("historyHint")}>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: "none" }}>
        {history.map((event) => (
          <Entry key={event.id} event={event} />
        ))}
      </Stack>
    </Card>
  );
}

function Entry({ event }: { event: MessageEvent }) {
  const t = useTranslations("mail");
  const { icon: Picture, color } = pictures[event.kind] ?? pictures.planned;
  const notes = useNotes()(event);
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon size={28} radius="xl" variant="light" color={color} aria-hidden>
        <Picture size={15} />
      </ThemeIcon>
      <Box flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Text size="sm" fw={550}>
            {t(`events.${event.kind}`)}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            <When at={event.at} exact />
          </Text>
        </Group>
        {notes.map((note) => (
          <Text key={note} size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {note}
          </Text>
        ))}
      </Box>
    </Group>
  );
}

/** What is to be said of an event beneath its name, line by line. */
function useNotes(): (event: MessageEvent) => string[] {
  const t = useTranslations("mail");
  const format = useFormatter();
  const reasonOf = useReason();
  return ({ detail }) => {
    const { what, url, by, list, purpose, status, diagnostic, address } = textsOf(detail);
    const until = textsOf(detail).until;
    const untilWords = until && format.dateTime(new Date(until), { dateStyle: "medium", timeStyle: "short" });
    return [
      reasonOf(textsOf(detail).problem ?? null),
      untilWords && t("until", { at: untilWords }),
      what === "open" ? t("machineOpened") : what === "click" ? t("machineClicked") : undefined,
      url,
      by && t("by", { name: by }),
      list && t("leftList", { name: list }),
      purpose && t("deniedPurpose", { name: purpose }),
      address,
      [status, diagnostic].filter(Boolean).join(" · "),
    ].filter((line): line is string => Boolean(line));
  };
}

/** Only the members that are texts. */
function textsOf(detail: Record<string, unknown>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name, typeof value === "string" ? value : undefined]),
  );
}
