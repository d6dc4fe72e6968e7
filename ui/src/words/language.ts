// Which language the app speaks at the moment, and how to choose the other.
import { createContext, useContext } from "react";
import type { Locale } from "./index";

export type Language = { locale: Locale; choose: (locale: Locale) => void };
export const LanguageContext = createContext<Language>({ locale: "en", choose: () => {} });

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
