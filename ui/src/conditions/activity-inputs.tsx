// The row about what customers did: which activity, measured how, within which time, and with which attributes.
import { Autocomplete, Box, Button, Select, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { MomentInput } from "@/parts/moment-input";
import { useBuilder } from "./context";
import { OperatorSelect } from "./leaf-inputs";
import { countOperators, operatorsFor, withOperator } from "./operators";
import { SpanInput } from "./span-input";
import type { ActivityLeaf, Measure, Selection, Within } from "./types";
import { ValueInput } from "./value-input";
import { WhereBox } from "./where-box";

const measures: Measure[] = ["count", "sum", "average", "min", "max", "distinct", "first", "last", "days_since_last"];
const withAttribute: Measure[] = ["sum", "average", "min", "max", "distinct"];
const ANY = "";

type Props = { leaf: ActivityLeaf; pointer: string };

export function ActivityInputs({ leaf, pointer }: Props) {
  const t = useTranslations("conditions");
  const { replace, readOnly } = useBuilder();
  const measure = leaf.measure ?? "count";
  const kind = kindOf(measure);
  const change = (next: ActivityLeaf) => replace(pointer, next);
  return (
    <>
      <TypeSelect of={leaf} onChange={change} />
      <Select
        size="xs"
        w={165}
        aria-label={t("builder.measure")}
        disabled={readOnly}
        value={measure}
        onChange={(next) => next !== null && change(withMeasure(leaf, next as Measure))}
        allowDeselect={false}
        data={measures.map((name) => ({ value: name, label: t(`measures.${name}`) }))}
      />
      {withAttribute.includes(measure) && <AttributeName leaf={leaf} onChange={change} />}
      <OperatorSelect
        leaf={leaf}
        kind={kind}
        only={operatorsOf(measure)}
        counts={measure === "count"}
        onChange={change}
      />
      <ValueInput leaf={leaf} kind={kind} options={[]} onChange={change} />
      {measure === "count" && <Text size="sm">{t("builder.times")}</Text>}
      <PeriodInputs within={leaf.within} onChange={(within) => change({ ...leaf, within })} />
      <WhereInputs of={leaf} pointer={pointer} />
    </>
  );
}

function kindOf(measure: Measure): string {
  return measure === "first" || measure === "last" ? "datetime" : "number";
}

/** What counts from zero is always set, so asking whether it is would be refused. */
function operatorsOf(measure: Measure): string[] {
  if (kindOf(measure) === "datetime") return operatorsFor("datetime");
  const always = measure === "count" || measure === "sum" || measure === "distinct";
  return always ? countOperators : [...countOperators, "set", "not_set"];
}

export function withMeasure(leaf: ActivityLeaf, measure: Measure): ActivityLeaf {
  const { attribute, ...rest } = leaf;
  const kept: ActivityLeaf = withAttribute.includes(measure) ? leaf : rest;
  const next = { ...kept, measure };
  if (kindOf(measure) !== kindOf(leaf.measure ?? "count")) {
    const { value: _, to: __, ...bare } = next;
    return withOperator({ ...bare, op: "" }, operatorsOf(measure)[0] ?? "gte");
  }
  return operatorsOf(measure).includes(leaf.op) ? next : withOperator(next, "gte");
}

type TypeProps<T> = { of: T; onChange: (of: T) => void };

export function TypeSelect<T extends Selection>({ of, onChange }: TypeProps<T>) {
  const t = useTranslations("conditions");
  const { catalogue, readOnly } = useBuilder();
  const data = catalogue.activityTypes.map(({ name, label }) => ({ value: name, label: label || name }));
  const isKnown = !of.type || data.some(({ value }) => value === of.type);
  const choose = (type: string | null) => {
    const { type: _, ...rest } = of;
    onChange(type ? { ...of, type } : (rest as T));
  };
  return (
    <Select
      size="xs"
      w={150}
      searchable
      aria-label={t("builder.activityType")}
      disabled={readOnly}
      value={of.type ?? ANY}
      onChange={choose}
      allowDeselect={false}
      data={[
        { value: ANY, label: t("anyActivity") },
        ...data,
        ...(isKnown ? [] : [{ value: of.type ?? ANY, label: of.type ?? ANY }]),
      ]}
    />
  );
}

function AttributeName({ leaf, onChange }: { leaf: ActivityLeaf; onChange: (leaf: ActivityLeaf) => void }) {
  const t = useTranslations("conditions.builder");
  const { catalogue, readOnly } = useBuilder();
  const type = catalogue.activityTypes.find(({ name }) => name === leaf.type);
  const names = type?.attributes.filter(({ kind }) => kind === "number" || leaf.measure === "distinct") ?? [];
  return (
    <Autocomplete
      size="xs"
      w={130}
      aria-label={t("attribute")}
      placeholder={t("attribute")}
      disabled={readOnly}
      value={leaf.attribute ?? ""}
      onChange={(attribute) => onChange({ ...leaf, attribute })}
      data={names.map(({ name }) => name)}
    />
  );
}

export function PeriodInputs({
  within,
  onChange,
}: {
  within?: Within;
  onChange: (within: Within | undefined) => void;
}) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const mode = within === undefined ? "ever" : typeof within === "string" ? "last" : "dates";
  const choose = (next: string | null) => {
    if (next === "ever") onChange(undefined);
    else if (next === "last") onChange("90d");
    else onChange({ from: new Date(new Date().getFullYear(), 0, 1).toISOString() });
  };
  return (
    <>
      <Select
        size="xs"
        w={155}
        aria-label={t("period")}
        disabled={readOnly}
        value={mode}
        onChange={choose}
        allowDeselect={false}
        data={[
          { value: "ever", label: t("ever") },
          { value: "last", label: t("last") },
          { value: "dates", label: t("dates") },
        ]}
      />
      {typeof within === "string" && <SpanInput value={within} label={t("span")} onChange={onChange} />}
      {typeof within === "object" && <RangeInputs range={within} onChange={onChange} />}
    </>
  );
}

function RangeInputs({
  range,
  onChange,
}: {
  range: { from?: string; to?: string };
  onChange: (within: Within) => void;
}) {
  const t = useTranslations("conditions.builder");
  const { readOnly } = useBuilder();
  const set = (end: "from" | "to", moment: string | null) => {
    const { [end]: _, ...rest } = range;
    onChange(moment === null ? rest : { ...range, [end]: moment });
  };
  return (["from", "to"] as const).map((end) => (
    <MomentInput
      key={end}
      size="xs"
      w={190}
      kind="datetime"
      aria-label={t(end)}
      disabled={readOnly}
      value={range[end] ?? null}
      onChange={(moment) => set(end, moment)}
    />
  ));
}

/** Which attributes the activities must have, of an activity row or of a step. */
export function WhereInputs({ of, pointer }: { of: Selection; pointer: string }) {
  const t = useTranslations("conditions.builder");
  const { change, readOnly } = useBuilder();
  if (of.where === undefined) {
    if (readOnly) return null;
    const first = { fact: "attribute", name: "", op: "eq" } as const;
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={13} />}
        onClick={() => change(pointer, { ...of, where: { all: [first] } })}
      >
        {t("addWhere")}
      </Button>
    );
  }
  return (
    <Box w="100%" pl="sm">
      <WhereBox of={of} pointer={pointer} />
    </Box>
  );
}
