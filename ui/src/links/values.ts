// A link definition as its form holds it. Pure.
import type { LinkDefinition } from "@/api/types";

export const utmParts = ["source", "medium", "campaign", "term", "content"] as const;
export type LinkValues = Pick<LinkDefinition, "name" | "target" | "active" | "activityType" | "attributes" | "utm">;

export const emptyLink: LinkValues = {
  name: "",
  target: "",
  active: true,
  activityType: "",
  attributes: [],
  utm: { source: "", medium: "", campaign: "", term: "", content: "" },
};

export function valuesOf({ name, target, active, activityType, attributes, utm }: LinkDefinition): LinkValues {
  return { name, target, active, activityType, attributes, utm };
}

/** An address without what comes after the question mark. */
export function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? url;
}

/** How templates name it. */
export function codeOf(name: string): string {
  return `{{ link('${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}') }}`;
}
