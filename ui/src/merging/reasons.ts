// Why a merge is refused, has to be confirmed, or is worth a second look: the server's reasons in the reader's language. Pure.
import type { MergeReason } from "@/api/types";

/** What each sentence of the server names, by the placeholders of our own words. */
const parts: Record<string, { names: string[]; pattern: RegExp }> = {
  different_external_ids: { names: ["system"], pattern: /system (.+)$/ },
  identity_limit: { names: ["count", "kind", "limit"], pattern: /by (\d+) of the kind (.+), more than (\d+)$/ },
  shared_value: { names: ["count"], pattern: /^(\d+) / },
};
const plain = ["different_birth_dates", "different_companies", "blocked_value", "other_inactive", "survivor_inactive"];

/** The key of the words with what they name; nothing where only the server has words for it. */
export function wordedReason({ code, detail }: MergeReason): { key: string; values: Record<string, string> } | null {
  if (plain.includes(code)) return { key: code, values: {} };
  const known = parts[code];
  const found = known?.pattern.exec(detail);
  if (!known || !found) return null;
  return { key: code, values: Object.fromEntries(known.names.map((name, place) => [name, found[place + 1] ?? ""])) };
}
