// A mail template as its form holds it. Pure.
import { steps } from "@/api/pointer";
import type { MailKind, MailVariant, QuietPolicy, Template } from "@/api/types";

export type TemplateValues = {
  name: string;
  kind: MailKind;
  purpose: string | null;
  list: string | null;
  subject: string;
  html: string;
  text: string;
  variants: MailVariant[];
  trackOpens: boolean;
  trackClicks: boolean;
  quietHours: QuietPolicy;
  capExempt: boolean;
};

export function valuesOf(template: Template): TemplateValues {
  const { id: _, version: __, createdAt: ___, updatedAt: ____, ...values } = template;
  return values;
}

/** What was emptied is none. */
export function bodyOf(values: TemplateValues): TemplateValues {
  return { ...values, purpose: values.purpose?.trim() || null, list: values.list?.trim() || null };
}

const usual: Record<MailKind, Pick<TemplateValues, "quietHours" | "capExempt">> = {
  transactional: { quietHours: "ignore", capExempt: true },
  marketing: { quietHours: "hold", capExempt: false },
};

type KindValues = Pick<TemplateValues, "kind" | "list" | "quietHours" | "capExempt">;

/** What another kind changes. What was as usual for the old one becomes what is usual for the new one; only marketing has a list. */
export function withKind(kind: MailKind, before: KindValues): KindValues {
  const { quietHours, capExempt } = usual[before.kind];
  return {
    kind,
    list: kind === "marketing" ? before.list : null,
    quietHours: before.quietHours === quietHours ? usual[kind].quietHours : before.quietHours,
    capExempt: before.capExempt === capExempt ? usual[kind].capExempt : before.capExempt,
  };
}

/** Another language starts from what the template says anyway, to be translated in its place. */
export function newVariant({ subject, html, text }: TemplateValues): MailVariant {
  return { language: "", subject, html, text };
}

/** A place of the content: the template itself or one of its variants, and the form of the text. */
export type Spot = { variant: number | null; form: "html" | "text" };

export function baseOf(variant: number | null): string {
  return variant === null ? "" : `/variants/${variant}`;
}

/** Where the content has a problem; null if it has none, or if one is at the place that is shown already. */
export function spotOfProblem(paths: Iterable<string>, shown: Spot): Spot | null {
  const spots = [...paths].map((path) => spotOf(path, shown)).filter((spot) => spot !== null);
  const isShown = ({ variant, form }: Spot) => variant === shown.variant && form === shown.form;
  return spots.some(isShown) ? null : (spots[0] ?? null);
}

/** Subject and language stand above both forms of the text. */
function spotOf(path: string, shown: Spot): Spot | null {
  const [first, second, third] = steps(path);
  const isVariant = first === "variants" && second !== undefined;
  const part = isVariant ? third : first;
  const variant = isVariant ? Number(second) : null;
  if (part === "html" || part === "text") return { variant, form: part };
  return part === "subject" || part === "language" ? { variant, form: shown.form } : null;
}

/** The text with something put in where the cursor is, or in place of what is marked; and where the cursor is then. */
export function inserted(text: string, what: string, from: number, to: number): { text: string; cursor: number } {
  return { text: text.slice(0, from) + what + text.slice(to), cursor: from + what.length };
}

/** "de-AT" as the reader calls it; nothing for what is no language. */
export function languageName(code: string, locale: string): string | null {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(code)) return null;
  const name = new Intl.DisplayNames([locale], { type: "language", fallback: "none" }).of(code);
  return name ?? null;
}
