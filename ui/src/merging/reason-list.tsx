// Reasons for or against a merge, one sentence each.
import { List } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { MergeReason } from "@/api/types";
import { wordedReason } from "./reasons";

export function useReasonText(): (reason: MergeReason) => string {
  const t = useTranslations("merging.reasons");
  return (reason) => {
    const worded = wordedReason(reason);
    return worded ? t(worded.key as never, worded.values as never) : reason.detail;
  };
}

export function ReasonList({ reasons }: { reasons: MergeReason[] }) {
  const textOf = useReasonText();
  return (
    <List size="sm">
      {reasons.map((reason) => (
        <List.Item key={`${reason.code} ${reason.detail}`}>{textOf(reason)}</List.Item>
      ))}
    </List>
  );
}
