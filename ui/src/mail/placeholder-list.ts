// The placeholders there are, in groups. Pure.
import { codeOf } from "@/links/values";

export type PlaceholderGroup = "customer" | "fields" | "activity" | "links" | "segments" | "shop";
export type Placeholder = { code: string; label: string };
type Grouped = { group: PlaceholderGroup; placeholders: Placeholder[] };

export type FixedName =
  | "unsubscribe"
  | "preferences"
  | "type"
  | "occurredAt"
  | "segmentNames"
  | "shopUrl"
  | "greeting"
  | "ifGiven";

type Known = {
  fields: { name: string; label: string; isBuiltIn: boolean }[];
  /** Of activities, with repetitions. */
  attributes: string[];
  links: string[];
  wordOf: (name: FixedName) => string;
};

export function placeholdersOf({ fields, attributes, links, wordOf }: Known): Grouped[] {
  const field = (path: string) => (one: { name: string; label: string }) => ({
    code: value(`${path}${one.name}`),
    label: one.label,
  });
  const fixed = (name: FixedName, code: string) => ({ code, label: wordOf(name) });
  const all: Grouped[] = [
    {
      group: "customer",
      placeholders: [
        fixed("greeting", "{{ customer.firstname | default('') }}"),
        fixed("ifGiven", "{% if customer.firstname %}{{ customer.firstname }}{% endif %}"),
        ...fields.filter(({ isBuiltIn }) => isBuiltIn).map(field("customer.")),
      ],
    },
    {
      group: "fields",
      placeholders: fields.filter(({ isBuiltIn }) => !isBuiltIn).map(field("customer.fields.")),
    },
    {
      group: "links",
      placeholders: [
        fixed("unsubscribe", value("links.unsubscribe")),
        fixed("preferences", value("links.preferences")),
        ...links.map((name) => ({ code: codeOf(name), label: name })),
      ],
    },
    {
      group: "activity",
      placeholders: [
        fixed("type", value("activity.type")),
        fixed("occurredAt", value("activity.occurredAt")),
        ...[...new Set(attributes)]
          .filter(isPlain)
          .sort()
          .map((name) => ({ code: value(`activity.attributes.${name}`), label: name })),
      ],
    },
    {
      group: "segments",
      placeholders: [fixed("segmentNames", "{% for segment in segments %}{{ segment.name }} {% endfor %}")],
    },
    { group: "shop", placeholders: [fixed("shopUrl", value("shop.url"))] },
  ];
  return all.filter(({ placeholders }) => placeholders.length > 0);
}

/** Only what has all that was typed in its name or in what is inserted. */
export function matching(groups: Grouped[], wanted: string): Grouped[] {
  const text = wanted.trim().toLowerCase();
  const fits = ({ code, label }: Placeholder) => `${label} ${code}`.toLowerCase().includes(text);
  return groups
    .map(({ group, placeholders }) => ({ group, placeholders: placeholders.filter(fits) }))
    .filter(({ placeholders }) => placeholders.length > 0);
}

function value(path: string): string {
  return `{{ ${path} }}`;
}

/** Other names cannot be written after a dot. */
function isPlain(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}
