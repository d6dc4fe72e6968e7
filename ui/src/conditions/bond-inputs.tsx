// The inputs of rows about what ties customers to the house: a consent, a newsletter list, a company.
import { Select, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useBuilder } from "./context";
import { OperatorSelect } from "./leaf-inputs";
import { operatorsFor } from "./operators";
import { companyFields, companyLabel, statuses } from "./sentence";
import type { Answer, CompanyLeaf, ConsentLeaf, SubscriptionLeaf } from "./types";
import { ValueInput } from "./value-input";

const answers: Answer[] = ["granted", "denied", "unanswered"];
const companyKinds: Record<string, string> = { id: "number", createdAt: "datetime", updatedAt: "datetime" };

export function ConsentInputs({ leaf, pointer }: { leaf: ConsentLeaf; pointer: string }) {
  const t = useTranslations("conditions");
  const { replace, readOnly } = useBuilder();
  return (
    <>
      <Text size="sm">{t("builder.consentTo")}</Text>
      <NameInput
        label={t("builder.purpose")}
        value={leaf.purpose}
        onChange={(purpose) => replace(pointer, { ...leaf, purpose })}
      />
      <Select
        size="xs"
        w={165}
        aria-label={t("builder.answer")}
        disabled={readOnly}
        value={leaf.op}
        onChange={(op) => op !== null && replace(pointer, { ...leaf, op: op as Answer })}
        allowDeselect={false}
        data={answers.map((value) => ({ value, label: t(`answers.${value}`) }))}
      />
    </>
  );
}

export function SubscriptionInputs({ leaf, pointer }: { leaf: SubscriptionLeaf; pointer: string }) {
  const t = useTranslations("conditions");
  const { replace } = useBuilder();
  const change = (next: SubscriptionLeaf) => replace(pointer, next);
  return (
    <>
      <Text size="sm">{t("builder.subscriptionTo")}</Text>
      <NameInput label={t("builder.list")} value={leaf.list} onChange={(list) => change({ ...leaf, list })} />
      <OperatorSelect leaf={leaf} kind="text" only={["eq", "in"]} onChange={change} />
      <ValueInput
        leaf={leaf}
        kind="text"
        options={statuses.map((value) => ({ value, label: t(`statuses.${value}`) }))}
        onChange={change}
      />
    </>
  );
}

export function CompanyInputs({ leaf, pointer }: { leaf: CompanyLeaf; pointer: string }) {
  const t = useTranslations("conditions");
  const { catalogue, replace, readOnly } = useBuilder();
  const kind = companyKinds[leaf.name] ?? "text";
  const change = (next: CompanyLeaf) => replace(pointer, next);
  const choose = (name: string | null) => {
    if (name === null) return;
    change({ fact: "company", name, op: operatorsFor(companyKinds[name] ?? "text", catalogue)[0] ?? "eq" });
  };
  return (
    <>
      <Select
        size="xs"
        w={190}
        aria-label={t("builder.companyField")}
        disabled={readOnly}
        value={leaf.name}
        onChange={choose}
        allowDeselect={false}
        data={companyFields.map((name) => ({ value: name, label: companyLabel(name, t) }))}
      />
      <OperatorSelect leaf={leaf} kind={kind} onChange={change} />
      <ValueInput leaf={leaf} kind={kind} options={[]} onChange={change} />
    </>
  );
}

function NameInput(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { readOnly } = useBuilder();
  return (
    <TextInput
      size="xs"
      w={170}
      aria-label={props.label}
      placeholder={props.label}
      disabled={readOnly}
      value={props.value}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
    />
  );
}
