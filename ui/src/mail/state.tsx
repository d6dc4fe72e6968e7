// Where a message stands, as a badge, and why, in the reader's words.
import { Badge } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { MessageState } from "@/api/types";
import { useRefusalText } from "@/refusals";
import { messageStates } from "@/searches";
import { reasonOf } from "./reason";

const colors: Record<MessageState, string> = {
  planned: "blue",
  sending: "blue",
  sent: "pine",
  held: "orange",
  suppressed: "gray",
  failed: "red",
};

export function StateBadge({ state }: { state: MessageState }) {
  const t = useTranslations("mail.states");
  return (
    <Badge color={colors[state] ?? "gray"} style={{ flexShrink: 0 }}>
      {messageStates.includes(state) ? t(state) : state}
    </Badge>
  );
}

/** Nothing for nothing. */
export function useReason(): (problem: string | null) => string {
  const t = useTranslations("mail.reasons");
  const refusalText = useRefusalText();
  return (problem) => {
    const reason = reasonOf(problem ?? "");
    if (reason.word === null) return refusalText({ message: reason.said });
    return t(reason.word, { name: "name" in reason ? reason.name : "" });
  };
}

/** A message that waits for a person, who sends it after all or lets it go. */
export function waitsForPerson(state: MessageState): boolean {
  return state === "held" || state === "failed";
}
