// A builder while it is edited: its settings as a form, or as text where there is no form for them or nobody wants it. Pure.
import { type Form, formOf, missingIn, settingsFrom } from "./forms";
import { readSettings, textOf } from "./settings";

export type BuilderValues = {
  kind: string;
  name: string;
  /** Null while the text counts. */
  settings: Form | null;
  text: string;
};
type Json = Record<string, unknown>;

export function valuesFrom(kind: string, name: string, settings: Json): BuilderValues {
  return { kind, name, settings: formOf(kind, settings), text: textOf(settings) };
}

/** Nothing while the text is no JSON object. */
export function settingsIn({ kind, settings, text }: BuilderValues): Json | undefined {
  return settings === null ? readSettings(text) : settingsFrom(kind, settings);
}

export function missingOf({ kind, settings }: BuilderValues): string[] {
  return settings === null ? [] : missingIn(kind, settings);
}

/** Nothing if the form cannot show what the text says. */
export function asForm(values: BuilderValues): BuilderValues | null {
  const settings = values.settings ?? formOf(values.kind, readSettings(values.text));
  return settings && { ...values, settings };
}

export function asText(values: BuilderValues): BuilderValues {
  return values.settings === null ? values : { ...values, settings: null, text: textOf(settingsIn(values)) };
}

/** What is saved: settings that mean the same are the same, whether they are looked at as a form or as text. */
export function sentOf(values: BuilderValues): unknown {
  const { kind, name, text } = values;
  const settings = settingsIn(values);
  const form = formOf(kind, settings);
  return { kind, name, settings: form ? settingsFrom(kind, form) : (settings ?? text) };
}
