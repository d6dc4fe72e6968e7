// An answer as it is sent, and what it means for the one in force. Pure.
import type { Consent } from "@/api/types";

export type AnswerValues = { granted: boolean; answeredAt: string | null; source: string; note: string };

/** What was left empty is not sent: without a time the answer was given now. */
export function answerBody({ granted, answeredAt, source, note }: AnswerValues): object {
  return { granted, ...(answeredAt && { answeredAt }), ...(source && { source }), ...(note && { note }) };
}

/** Whether the answer in force is a later one, so that this one only joined the history. */
export function isSuperseded({ answeredAt }: { answeredAt: string | null }, standing: Consent): boolean {
  return answeredAt !== null && Date.parse(answeredAt) < Date.parse(standing.answeredAt);
}
