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

/** How dates and numbers are written: as in the reader's own region where he reads its language. */
export function regionOf(locale: Locale): string {
  const own = navigator.language;
  const isOwn = own.toLowerCase().split("-")[0] === locale && Intl.DateTimeFormat.supportedLocalesOf([own]).length > 0;
  return isOwn ? own : locale === "en" ? "en-GB" : "de";
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
