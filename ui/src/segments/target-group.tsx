// What becomes of a target group whose segment is no longer used as one.
import { Radio, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";

export type Unlinked = "delete" | "keep";

export function UnlinkedChoice({ value, onChange }: { value: Unlinked; onChange: (value: Unlinked) => void }) {
  const t = useTranslations("segments.targetGroup");
  return (
    <Radio.Group label={t("unlinked")} value={value} onChange={(chosen) => onChange(chosen as Unlinked)}>
      <Stack gap={6} mt={6}>
        <Radio value="delete" label={t("delete")} />
        <Radio value="keep" label={t("keep")} />
      </Stack>
    </Radio.Group>
  );
}
