// Days and moments by the browser's own inputs: they speak the reader's date format and need no script. Values are ISO 8601; moments are UTC.
import { TextInput, type TextInputProps } from "@mantine/core";

type Props = Omit<TextInputProps, "value" | "onChange" | "type"> & {
  kind: "date" | "datetime";
  value: string | null;
  onChange: (value: string | null) => void;
};

export function MomentInput({ kind, value, onChange, ...input }: Props) {
  return (
    <TextInput
      {...input}
      type={kind === "date" ? "date" : "datetime-local"}
      value={kind === "date" ? (value ?? "") : toLocal(value)}
      onChange={({ currentTarget }) =>
        onChange(kind === "date" ? currentTarget.value || null : toUtc(currentTarget.value))
      }
    />
  );
}

/** "2026-11-21T10:30:00Z" as the clock on the reader's wall shows it, to the minute. */
export function toLocal(moment: string | null): string {
  if (!moment) return "";
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function toUtc(local: string): string | null {
  if (local === "") return null;
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** When "2026-11-21" begins in the reader's calendar. */
export function startOf(day: string): string | null {
  return toUtc(`${day}T00:00`);
}

export function dayAfter(day: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}
