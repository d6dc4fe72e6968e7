// Takes a loose JSON value apart into named single values, at most a screenful.

import { steps } from "@/api/pointer";

export type Pair = { name: string; value: string | number | boolean | null };

const PAIRS_MAX = 24;
const TEXT_MAX = 200;
const DEPTH_MAX = 2;

/** Nested members get dotted names, lists of single values become one text, lists of records their number; what lies deeper is left out. */
export function pairsOf(whole: unknown): Pair[] {
  const pairs: Pair[] = [];
  collect(whole, "", 1, pairs);
  return pairs.slice(0, PAIRS_MAX);
}

function collect(value: unknown, name: string, depth: number, pairs: Pair[]) {
  if (pairs.length >= PAIRS_MAX) return;
  if (value === null || typeof value !== "object") {
    if (name !== "" && value !== undefined) pairs.push({ name, value: single(value) });
    return;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return;
    if (isChange(name, value)) {
      pairs.push({ name: steps(name).join("."), value: `${plain(value[0])} → ${plain(value[1])}` });
      return;
    }
    const isPlain = value.every((item) => item === null || typeof item !== "object");
    if (isPlain) {
      pairs.push({ name: name || "–", value: shortened(value.map((item) => String(item ?? "–")).join(", ")) });
      return;
    }
    pairs.push({ name: name || "–", value: value.length });
    return;
  }
  if (depth > DEPTH_MAX) {
    pairs.push({ name, value: "…" });
    return;
  }
  for (const [key, member] of Object.entries(value))
    collect(member, name === "" ? key : `${name}.${key}`, depth + 1, pairs);
}

/** A member named by a pointer with two values is a change: before and after. */
function isChange(name: string, value: unknown[]): boolean {
  return name.startsWith("/") && value.length === 2;
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  return shortened(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function single(value: unknown): Pair["value"] {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  return shortened(String(value));
}

function shortened(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
