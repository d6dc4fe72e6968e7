// The settings of duplicates and merging as the form holds them, and the way back: rows where the API has an object, lines where
// it has a long list, and every member of a rule present, so that each problem has its place. Pure.
import type { DuplicateRuleField, DuplicateSettings, MergingSettings, Settings } from "@/api/types";

export const transformers = ["standard", "simplify", "street", "date", "none"] as const;
export const similarities = ["similar_text", "zip", "birth_date", "shoe_size"] as const;

export type LimitRow = { kind: string; limit: number | string };
export type DuplicateValues = {
  duplicates: DuplicateSettings;
  merging: Omit<MergingSettings, "identityLimits" | "blockedValues"> & {
    identityLimits: LimitRow[];
    blockedValues: string;
  };
};

export function valuesOf({ duplicates, merging }: Settings): DuplicateValues {
  const rules = duplicates.rules.map((rule) => ({ ...rule, fields: rule.fields.map(whole) }));
  const identityLimits = Object.entries(merging.identityLimits).map(([kind, limit]) => ({ kind, limit }));
  return {
    duplicates: { ...duplicates, rules },
    merging: { ...merging, identityLimits, blockedValues: merging.blockedValues.join("\n") },
  };
}

export function freshField(): DuplicateRuleField {
  return whole({ field: "" });
}

function whole(field: Partial<DuplicateRuleField>): DuplicateRuleField {
  const { transformer, soundex, metaphone, similarity, threshold } = field;
  return {
    field: field.field ?? "",
    transformer: transformer ?? "standard",
    soundex: soundex ?? false,
    metaphone: metaphone ?? false,
    similarity: similarity ?? null,
    threshold: threshold ?? null,
  };
}

/** Emptied figures mean none. */
export function bodyOf({ duplicates, merging }: DuplicateValues) {
  const rules = duplicates.rules.map((rule) => ({
    ...rule,
    fields: rule.fields.map(({ similarity, threshold, ...field }) => ({
      ...field,
      ...(similarity ? { similarity } : {}),
      ...(isFigure(threshold) ? { threshold } : {}),
    })),
  }));
  const named = merging.identityLimits.filter(({ kind }) => kind.trim() !== "");
  const { mergeFrom } = duplicates.scores;
  return {
    duplicates: {
      ...duplicates,
      rules,
      scores: { ...duplicates.scores, mergeFrom: isFigure(mergeFrom) ? mergeFrom : null },
    },
    merging: {
      ...merging,
      trustedSources: merging.trustedSources.map((source) => source.trim()),
      identityLimits: Object.fromEntries(named.map(({ kind, limit }) => [kind.trim(), limit])),
      blockedValues: linesOf(merging.blockedValues),
    },
  };
}

function isFigure(value: unknown): value is number {
  return typeof value === "number";
}

export function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

/** Where the server has an object keyed by kinds, the form has rows: its pointers lead to their places. */
export function toRows(path: string, { merging }: DuplicateValues): string {
  const limits = "/merging/identityLimits/";
  if (path.startsWith("/merging/blockedValues/")) return "/merging/blockedValues";
  if (!path.startsWith(limits)) return path;
  const kind = path.slice(limits.length).replaceAll("~1", "/").replaceAll("~0", "~");
  const place = merging.identityLimits.findIndex((row) => row.kind.trim() === kind);
  return place < 0 ? "/merging/identityLimits" : `${limits}${place}/kind`;
}
