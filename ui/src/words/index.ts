// The two languages of the app. German must have exactly the keys of English (the type checker sees to it).
import type { Words } from "./en";

export type { Words };
export type Locale = "en" | "de";

const STORED_AS = "regulars.locale";

export function chosenLocale(): Locale {
  const stored = readStored();
  if (stored === "en" || stored === "de") return stored;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

export function rememberLocale(locale: Locale) {
  try {
    localStorage.setItem(STORED_AS, locale);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}
