// What fields and levels of agreement are called; what this app does not know is shown by its own name, made readable.
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { fieldsQuery } from "@/customers/queries";
import { readable } from "@/parts/readable";
import { useMay } from "@/shell/session";

const CUSTOM = "fields.";

export function useJudgedField(): (field: string) => string {
  const t = useTranslations("duplicates.fields");
  const may = useMay();
  const { data: fields = [] } = useQuery({ ...fieldsQuery, enabled: may("settings:read") });
  return (field) => {
    if (t.has(field as never)) return t(field as never);
    const name = field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : field;
    return fields.find((one) => one.name === name)?.label || readable(name);
  };
}

export function useLevel(): (level: string) => string {
  const t = useTranslations("duplicates.levels");
  return (level) => (t.has(level as never) ? t(level as never) : readable(level));
}
