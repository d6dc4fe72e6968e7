// Ties the sentences to the reader's language and to what the server knows.
import { useFormatter, useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { useCatalogue } from "./catalogue";
import { type Speech, sentence } from "./sentence";

export function useSpeech(): Speech {
  const t = useTranslations("conditions");
  const format = useFormatter();
  const catalogue = useCatalogue();
  return {
    t,
    catalogue,
    dateOf: (value) =>
      value.length === 10
        ? format.dateTime(new Date(`${value}T12:00:00Z`), { dateStyle: "medium", timeZone: "UTC" })
        : format.dateTime(new Date(value), { dateStyle: "medium", timeStyle: "short" }),
    numberOf: (value) => format.number(value, { maximumFractionDigits: 6 }),
  };
}

export function useSentence(): (condition: Condition) => string {
  const speech = useSpeech();
  return (condition) => sentence(condition, speech);
}
