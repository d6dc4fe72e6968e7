// What a bulk action does, in a sentence.
import { useTranslations } from "use-intl";
import type { Bulk, BulkDeed } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { useFieldLabel } from "@/customers/field-label";
import { usePairText } from "@/parts/details";
import { useRefusalText } from "@/refusals";

export function useBulkText(): (one: { action: BulkDeed; undoOf?: Bulk["undoOf"] }) => string {
  const t = useTranslations("bulk");
  const deedText = useDeedText();
  return ({ action, undoOf }) => (undoOf ? t("undoOf", { what: deedText(action) }) : deedText(action));
}

function useDeedText(): (action: BulkDeed) => string {
  const t = useTranslations("bulk.said");
  const { segments } = useCatalogue();
  const labelOf = useFieldLabel();
  const textOf = usePairText();
  const segmentName = (id: number) => segments.find((segment) => segment.id === id)?.name ?? `#${id}`;
  return (action) => {
    switch (action.type) {
      case "add_to_segment":
      case "remove_from_segment":
        return t(action.type, { name: segmentName(action.segmentId) });
      case "set_field": {
        const field = labelOf(action.field.replace(/^fields\./, ""));
        if (action.value === null || action.value === "") return t("emptied", { field });
        return t("set_field", { field, value: textOf({ name: field, value: plain(action.value) }) });
      }
      case "add_note":
        return t("add_note", { title: action.title });
      case "activate":
      case "deactivate":
      case "delete":
        return t(action.type);
    }
  };
}

/** Why something is refused: what bulk actions say themselves, all else as every refusal is told. */
export function useReasonText(): (problem: { code: string; message: string }) => string {
  const t = useTranslations("bulk.reasons");
  const refusalText = useRefusalText();
  return (problem) => (t.has(problem.code as never) ? t(problem.code as never) : refusalText(problem));
}

/** Lists and documents as one line. */
export function plain(value: unknown): string | number | boolean | null {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return value as string | number | boolean | null;
}
