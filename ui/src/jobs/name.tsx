// What a job does, in words; kinds this app does not know yet are shown by their own name, made readable.
import { useTranslations } from "use-intl";
import { readable } from "@/parts/readable";

export const jobKinds = [
  "send_message",
  "deliver_webhook",
  "replay_deliveries",
  "clear_webhook",
  "pick_customers",
  "seed_timers",
  "move_travellers",
  "rebuild_segments",
  "review_customers",
  "keep_members",
  "measure_segments",
  "sweep_segment",
  "find_duplicates",
  "compare_customers",
  "import",
  "undo_import",
  "export",
  "bulk",
  "clear_field",
  "prune",
] as const;
type Known = (typeof jobKinds)[number];

export function JobName({ kind }: { kind: string }) {
  return useJobText()(kind);
}

export function useJobText(): (kind: string) => string {
  const t = useTranslations("jobs.kinds");
  return (kind) => (isKnown(kind) ? t(kind) : readable(kind));
}

function isKnown(kind: string): kind is Known {
  return (jobKinds as readonly string[]).includes(kind);
}
