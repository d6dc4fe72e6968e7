// The inputs of the row about an attribute of an activity.
import { Autocomplete } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";
import { OperatorSelect } from "./leaf-inputs";
import { operatorsFor } from "./operators";
import type { AttributeLeaf } from "./types";
import { ValueInput } from "./value-input";

export function AttributeInputs({
  leaf,
  pointer,
  known,
  type,
}: {
  leaf: AttributeLeaf;
  pointer: string;
  known?: { name: string; kind: string }[];
  /** The type of the activities, if one is chosen. */
  type?: string;
}) {
  const t = useTranslations("conditions.builder");
  const { attributes, catalogue, replace, readOnly } = useBuilder();
  const all = known ?? attributes;
  const kind = kindOf(leaf, all);
  const rename = (name: string) => {
    const next = all.find((attribute) => attribute.name === name)?.kind ?? kind;
    if (next === kind) replace(pointer, { ...leaf, name });
    else replace(pointer, { fact: "attribute", name, op: operatorsFor(next, catalogue)[0] ?? "eq" });
  };
  return (
    <>
      <Autocomplete
        size="xs"
        w={150}
        aria-label={t("attribute")}
        placeholder={t("attribute")}
        disabled={readOnly}
        value={leaf.name}
        onChange={rename}
        data={all.map(({ name }) => name)}
      />
      <OperatorSelect leaf={leaf} kind={kind} onChange={(next) => replace(pointer, next)} />
      <ValueInput
        leaf={leaf}
        kind={kind}
        options={[]}
        source={kind === "text" && type ? { fact: "attribute", type, name: leaf.name } : undefined}
        onChange={(next) => replace(pointer, next)}
      />
    </>
  );
}

/** Attributes need not be declared; an undeclared one is of the kind its value has. */
function kindOf(leaf: AttributeLeaf, known: { name: string; kind: string }[]): string {
  const declared = known.find(({ name }) => name === leaf.name)?.kind;
  if (declared === "number" || declared === "boolean") return declared;
  if (declared !== undefined) return "text";
  return typeof leaf.value === "number" ? "number" : typeof leaf.value === "boolean" ? "boolean" : "text";
}
