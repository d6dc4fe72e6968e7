// What the fields of a merge are called: `email`, `fields.tier`.
import { useFieldLabel } from "@/customers/field-label";

const CUSTOM = "fields.";

export function usePlanField(): (name: string) => string {
  const labelOf = useFieldLabel();
  return (name) => labelOf(name.startsWith(CUSTOM) ? name.slice(CUSTOM.length) : name);
}
