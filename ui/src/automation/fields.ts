// The fields of customers as rules name them: custom ones with `fields.` before their name.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { CatalogueField, Field, FieldKind, FieldOption } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { fieldsQuery } from "@/customers/queries";

export type RuleField = { value: string; name: string; label: string; kind: FieldKind; options: FieldOption[] };

const PREFIX = "fields.";
/** What nobody can write into the form of a customer. */
const readOnly = ["id", "token", "createdAt", "updatedAt"];
const noFields: Field[] = [];

export function useRuleFields(): { all: RuleField[]; settable: RuleField[]; dates: RuleField[] } {
  const { fields } = useCatalogue();
  const { data: custom = noFields } = useQuery(fieldsQuery);
  return useMemo(() => {
    const all = fields.map((field) => asRuleField(field, custom));
    return {
      all,
      settable: all.filter(({ name }) => !readOnly.includes(name)),
      dates: all.filter(({ kind }) => kind === "date" || kind === "datetime"),
    };
  }, [fields, custom]);
}

function asRuleField(field: CatalogueField, custom: Field[]): RuleField {
  const isCustom = custom.some(({ name }) => name === field.name);
  const { name, label, kind, options = [] } = field;
  return { value: isCustom ? PREFIX + name : name, name, label: label || name, kind: kind as FieldKind, options };
}

/** A field by its name, with or without the prefix. */
export function fieldOf(fields: RuleField[], name: string): RuleField | undefined {
  return fields.find(({ value }) => value === name) ?? fields.find((field) => field.name === name.replace(PREFIX, ""));
}
