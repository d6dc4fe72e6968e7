// What the fields of customers are called, also of those no condition can speak of by their name.
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";

export function useFieldLabel(): (name: string) => string {
  const t = useTranslations("customers");
  const { fields } = useCatalogue();
  return (name) => {
    if (name === "companyId") return t("company");
    if (name === "merged") return t("kinds.merge");
    if (name === "unmerged") return t("kinds.unmerge");
    return fields.find((field) => field.name === name)?.label || name;
  };
}
