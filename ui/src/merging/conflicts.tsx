// What could not go back to what it was when a merge was undone, in words.
import { List, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { MergeConflict } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { usePlanField } from "./field-name";

const kinds = ["field", "identity", "consent", "subscription", "segment", "rule"] as const;

export function useConflictText(): (conflict: MergeConflict) => string {
  const t = useTranslations("merging.conflicts");
  const fieldOf = usePlanField();
  const { segments } = useCatalogue();
  return ({ kind, name, outcome }) => {
    const known = kinds.find((one) => one === kind);
    if (!known) return `${name}: ${outcome}`;
    const segment = segments.find(({ id }) => String(id) === name)?.name;
    const shown = known === "field" ? fieldOf(name) : known === "segment" ? (segment ?? `#${name}`) : name;
    return t(known, { name: shown });
  };
}

export function Conflicts({ conflicts }: { conflicts: MergeConflict[] }) {
  const t = useTranslations("merging");
  const textOf = useConflictText();
  if (conflicts.length === 0) return null;
  return (
    <>
      <Text size="sm" mt={4}>
        {t("undoneWith")}
      </Text>
      <List size="sm">
        {conflicts.map((conflict) => (
          <List.Item key={`${conflict.kind} ${conflict.name}`}>{textOf(conflict)}</List.Item>
        ))}
      </List>
    </>
  );
}
