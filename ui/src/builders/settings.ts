// The settings of a builder as text, and what a kind's schema says of them. Pure.
import type { BuilderKind } from "@/api/types";

const examples: Record<string, Record<string, unknown>> = {
  age: { ranges: [{ from: 0, to: 17 }, { from: 18, to: 64 }, { from: 65 }] },
  gender: { mapping: { male: "Men", female: "Women" }, notSet: "Unknown" },
  state: { countries: ["AT", "DE", "CH"] },
  term: { source: { field: "city" }, terms: [{ term: "Vienna", phrases: ["wien", "/^vienna/"] }] },
};

/** Where to begin with a kind: what it can be told, written out. */
export function exampleOf(kind: string): Record<string, unknown> {
  return examples[kind] ?? {};
}

export function textOf(settings: unknown): string {
  return JSON.stringify(settings, null, 2);
}

/** Nothing while the text is no JSON object. */
export function readSettings(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export type Setting = { name: string; description: string; isRequired: boolean };

/** The settings a kind knows, from the JSON schema it gives. */
export function settingsOf({ settings }: Pick<BuilderKind, "settings">): Setting[] {
  const { properties = {}, required = [] } = settings as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description = "" }]) => ({
    name,
    description,
    isRequired: required.includes(name),
  }));
}
