// The form of an action that changes a field of the customer.
import { Group, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Deed } from "@/api/types";
import { FieldInput } from "@/parts/field-input";
import { FieldChoice } from "./field-choice";
import { fieldOf, useRuleFields } from "./fields";
import { at, type SpotProps } from "./spots";

export function FieldForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { settable } = useRuleFields();
  const deed = at<Extract<Deed, { type: "change_field" }>>(draft, pointer);
  const field = fieldOf(settable, deed.field);
  const isEmptied = deed.value === null || deed.value === undefined;
  const value = draft.input<unknown>(`${pointer}/value`);
  const choose = (name: string) => draft.set(pointer, { ...deed, field: name, value: null });
  return (
    <Group gap="sm" align="flex-start">
      <FieldChoice
        label={t("field")}
        placeholder={t("chooseField")}
        fields={settable}
        value={deed.field}
        error={draft.problem(`${pointer}/field`)}
        onChange={choose}
      />
      {field && (
        <div style={{ width: 260 }}>
          <FieldInput field={field} label={t("value")} size="xs" {...value} />
          {isEmptied && (
            <Text size="xs" c="dimmed" mt={2}>
              {t("emptyValue")}
            </Text>
          )}
        </div>
      )}
    </Group>
  );
}
