// What one has to say before an action can be looked at: a segment, a field and its value, a note.
import { Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { BulkDeed } from "@/api/types";
import { ManualSegmentChoice } from "@/automation/choices";
import { FieldChoice } from "@/automation/field-choice";
import { fieldOf, useRuleFields } from "@/automation/fields";
import type { Draft } from "@/parts/draft";
import { FieldInput } from "@/parts/field-input";
import { UNCHOSEN } from "./kinds";

export type BulkDraft = Draft<{ action: BulkDeed }>;
type Props = { draft: BulkDraft };

export function DeedForm({ draft }: Props) {
  switch (draft.values.action.type) {
    case "add_to_segment":
    case "remove_from_segment":
      return <SegmentForm draft={draft} />;
    case "set_field":
      return <FieldForm draft={draft} />;
    case "add_note":
      return <NoteForm draft={draft} />;
    case "activate":
    case "deactivate":
    case "delete":
      return null;
  }
}

/** Whether enough was said to look ahead. */
export function isSaid(action: BulkDeed): boolean {
  switch (action.type) {
    case "add_to_segment":
    case "remove_from_segment":
      return action.segmentId !== UNCHOSEN;
    case "set_field":
      return action.field !== "";
    case "add_note":
      return action.title.trim() !== "";
    case "activate":
    case "deactivate":
    case "delete":
      return true;
  }
}

function SegmentForm({ draft }: Props) {
  const { onChange, ...segment } = draft.input<number>("/action/segmentId");
  return <ManualSegmentChoice {...segment} onChange={(id) => onChange(id ?? UNCHOSEN)} />;
}

/** What tells customers apart cannot be the same for many; whether they are active is an action of its own. */
const elsewhere = ["email", "active"];

function FieldForm({ draft }: Props) {
  const t = useTranslations("bulk");
  const { settable } = useRuleFields();
  const { action } = draft.values;
  if (action.type !== "set_field") return null;
  const offered = settable.filter(({ name }) => !elsewhere.includes(name));
  const field = fieldOf(offered, action.field);
  return (
    <Stack gap="sm">
      <FieldChoice
        label={t("field")}
        placeholder={t("chooseField")}
        fields={offered}
        value={action.field}
        error={draft.problem("/action/field")}
        onChange={(name) => draft.set("/action", { ...action, field: name, value: null })}
      />
      {field && (
        <div>
          <FieldInput field={field} label={t("value")} size="xs" {...draft.input<unknown>("/action/value")} />
          {(action.value === null || action.value === "") && (
            <Text size="xs" c="dimmed" mt={4}>
              {t("isEmptied")}
            </Text>
          )}
        </div>
      )}
    </Stack>
  );
}

function NoteForm({ draft }: Props) {
  const t = useTranslations("bulk");
  return (
    <Stack gap="sm">
      <TextInput label={t("noteTitle")} {...draft.text("/action/title")} />
      <Textarea label={t("noteText")} autosize minRows={2} maxRows={10} {...draft.text("/action/text")} />
    </Stack>
  );
}
