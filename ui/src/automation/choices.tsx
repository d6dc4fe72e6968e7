// The small inputs that forms of triggers, actions and steps are made of.
import { Group, type MantineSize, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { SubscriptionStatus } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { statuses } from "@/conditions/sentence";
import { NumberInput } from "@/parts/number-input";
import { UNCHOSEN } from "./deed-kinds";
import { DELAY_MAX, type DelayUnit, delayUnits, readDelay, writeDelay } from "./delay";
import { manualSegmentsQuery } from "./queries";

type IdProps = {
  label: string;
  placeholder: string;
  nothing?: string;
  value: number | null;
  error: string | undefined;
  choices: { id: number; name: string }[];
  onChange: (id: number | null) => void;
  /** Allows to choose nothing again; what the button for it is called. */
  clear?: string;
};

/** Chooses by id; what is gone stays in sight by its number. */
export function IdChoice({ value, choices, onChange, clear, nothing, error, ...input }: IdProps) {
  const chosen = value === null || value === UNCHOSEN ? null : String(value);
  const data = choices.map(({ id, name }) => ({ value: String(id), label: name }));
  const isKnown = chosen === null || data.length === 0 || data.some((one) => one.value === chosen);
  return (
    <Select
      {...input}
      size="xs"
      w={250}
      searchable
      clearable={clear !== undefined}
      clearButtonProps={{ "aria-label": clear, "aria-hidden": false, tabIndex: 0 }}
      allowDeselect={false}
      nothingFoundMessage={nothing}
      // Where nothing was chosen, that is what is wrong.
      error={error && chosen === null ? input.placeholder : error}
      value={chosen}
      onChange={(id) => onChange(id === null ? null : Number(id))}
      data={isKnown ? data : [...data, { value: chosen, label: `#${chosen}` }]}
    />
  );
}

type SegmentProps = Pick<IdProps, "value" | "error" | "onChange" | "clear"> & { placeholder?: string };

export function SegmentChoice({ placeholder, ...props }: SegmentProps) {
  const t = useTranslations("triggers");
  const { segments } = useCatalogue();
  const choices = segments.map(({ id, name, groupName }) => ({ id, name: `${name} · ${groupName}` }));
  return <IdChoice label={t("segment")} placeholder={placeholder ?? t("chooseSegment")} choices={choices} {...props} />;
}

/** Segments that are filled by hand. */
export function ManualSegmentChoice(props: Pick<IdProps, "value" | "error" | "onChange">) {
  const t = useTranslations("deeds");
  const { data: segments = [] } = useQuery(manualSegmentsQuery);
  return (
    <IdChoice
      label={t("segment")}
      placeholder={t("chooseSegment")}
      nothing={t("noManualSegments")}
      choices={segments}
      {...props}
    />
  );
}

type TextProps = { value: string; error: string | undefined; onChange: (value: string) => void };

export function TypeChoice({ value, error, onChange }: TextProps) {
  const t = useTranslations("triggers");
  const { activityTypes } = useCatalogue();
  const data = activityTypes.map(({ name, label }) => ({ value: name, label: label || name }));
  const isKnown = value === "" || data.some((one) => one.value === value);
  return (
    <Select
      size="xs"
      w={200}
      searchable
      label={t("activityType")}
      placeholder={t("chooseActivity")}
      nothingFoundMessage={t("noActivityTypes")}
      allowDeselect={false}
      error={error && value === "" ? t("chooseActivity") : error}
      value={value || null}
      onChange={(type) => type !== null && onChange(type)}
      data={isKnown ? data : [...data, { value, label: value }]}
    />
  );
}

type NameProps = {
  label: string;
  placeholder?: string;
  value: string | null;
  error: string | undefined;
  onChange: (name: string | null) => void;
};

/** A name, or none when the input is empty. */
export function NameInput({ value, onChange, ...input }: NameProps) {
  return (
    <TextInput
      {...input}
      size="xs"
      w={190}
      value={value ?? ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : currentTarget.value)}
    />
  );
}

const ANY = "any";
type StatusProps = {
  label: string;
  /** What stands for no status, where that may be chosen. */
  any?: string;
  value: SubscriptionStatus | null;
  error: string | undefined;
  onChange: (status: SubscriptionStatus | null) => void;
};

export function StatusChoice({ any, value, onChange, ...input }: StatusProps) {
  const t = useTranslations("conditions.statuses");
  const data = statuses.map((status) => ({ value: status as string, label: t(status) }));
  return (
    <Select
      {...input}
      size="xs"
      w={190}
      allowDeselect={false}
      value={value ?? ANY}
      onChange={(status) => onChange(status === ANY ? null : (status as SubscriptionStatus))}
      data={any === undefined ? data : [{ value: ANY, label: any }, ...data]}
    />
  );
}

type DelayProps = {
  label: string;
  value: string | null | undefined;
  error?: string;
  onChange: (text: string) => void;
  size?: MantineSize;
};

/** A length of time as a number and a unit. */
export function DelayInput({ label, value, error, onChange, size = "xs" }: DelayProps) {
  const t = useTranslations("deeds");
  const delay = readDelay(value) ?? { count: 1, unit: "d" as DelayUnit };
  const set = (count: number, unit: DelayUnit) => onChange(writeDelay({ count, unit }) ?? "1d");
  return (
    <Group gap={4} align="flex-end" wrap="nowrap">
      <NumberInput
        size={size}
        w={72}
        hideControls
        min={1}
        max={DELAY_MAX}
        allowDecimal={false}
        label={label}
        error={error}
        value={delay.count}
        onChange={(count) => typeof count === "number" && count > 0 && set(count, delay.unit)}
      />
      <Select
        size={size}
        w={104}
        aria-label={t("delayUnit")}
        value={delay.unit}
        onChange={(unit) => set(delay.count, (unit ?? "d") as DelayUnit)}
        allowDeselect={false}
        data={delayUnits.map((unit) => ({ value: unit, label: t(`delayUnits.${unit}`) }))}
      />
    </Group>
  );
}

type TimeProps = {
  label: string;
  description?: string;
  value: string | null | undefined;
  error?: string;
  onChange: (time: string | null) => void;
};

export function TimeInput({ value, onChange, ...input }: TimeProps) {
  return (
    <TextInput
      {...input}
      type="time"
      size="xs"
      w={120}
      value={value ?? ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : currentTarget.value)}
    />
  );
}
