// The fields of customers that settings can name, called as the reader's language calls them.
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Field, FieldKind } from "@/api/types";
import { fieldsQuery } from "@/customers/queries";
import { builtInTexts } from "./general-values";

type Choice = { value: string; label: string };
export type FieldChoices = { group: string; items: Choice[] }[];

const noFields: Field[] = [];
const alsoSettable = ["birthDate", "emailOk", "active", "published", "profilingConsent"] as const;
const comparableKinds: FieldKind[] = ["text", "select", "date", "datetime"];

/** Fields that can be required or copied. */
export function useSettableFields(): (present: string[]) => FieldChoices {
  return useChoices([...builtInTexts, ...alsoSettable], () => true);
}

/** Fields by which people can be recognised: those that are compared as text. */
export function useComparableFields(): (present: string[]) => FieldChoices {
  return useChoices([...builtInTexts, "birthDate"], ({ kind }) => comparableKinds.includes(kind));
}

type BuiltIn = (typeof builtInTexts)[number] | (typeof alsoSettable)[number];

/** Names that are chosen but no field any more stay choosable, so that they can be seen and taken out. */
function useChoices(builtIn: BuiltIn[], fits: (field: Field) => boolean): (present: string[]) => FieldChoices {
  const t = useTranslations("settings.general");
  const name = useTranslations("conditions.fields");
  const { data: fields = noFields } = useQuery(fieldsQuery);
  const known = builtIn.map((value) => ({ value: value as string, label: name(value) }));
  const custom = fields.filter(fits).map((field) => ({ value: field.name, label: field.label || field.name }));
  const names = new Set([...known, ...custom].map(({ value }) => value));
  return (present) => {
    const gone = [...new Set(present)].filter((one) => one !== "" && !names.has(one));
    return [
      { group: t("builtIn"), items: known },
      { group: t("custom"), items: custom },
      { group: t("unknown"), items: gone.map((value) => ({ value, label: value })) },
    ].filter(({ items }) => items.length > 0);
  };
}
