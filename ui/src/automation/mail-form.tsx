// The form of an action that sends a mail: which template, to whom, and with whose consent.
import { Checkbox, Group, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Deed } from "@/api/types";
import { IdChoice, NameInput } from "./choices";
import { UNCHOSEN } from "./deed-kinds";
import { templateChoicesQuery } from "./queries";
import { at, problemBelow, type SpotProps } from "./spots";

type Mail = Extract<Deed, { type: "send_mail" }>;
const EXAMPLE = "Welcome {language}";

export function MailForm({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const mail = at<Mail>(draft, pointer);
  const choose = (mode: string | null) => {
    const isByName = mode === "name";
    draft.set(pointer, { ...mail, templateId: isByName ? null : UNCHOSEN, templateName: isByName ? "" : null });
  };
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-start">
        <Select
          size="xs"
          w={150}
          label={t("templateBy")}
          allowDeselect={false}
          value={typeof mail.templateName === "string" ? "name" : "id"}
          onChange={choose}
          data={(["id", "name"] as const).map((value) => ({ value, label: t(`templateModes.${value}`) }))}
        />
        <TemplateInput draft={draft} pointer={pointer} />
      </Group>
      <Recipients draft={draft} pointer={pointer} />
    </Stack>
  );
}

function TemplateInput({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const { data: templates = [] } = useQuery(templateChoicesQuery);
  const { templateName } = at<Mail>(draft, pointer);
  const { onChange, ...template } = draft.input<number | null>(`${pointer}/templateId`);
  if (typeof templateName === "string") {
    return (
      <TextInput
        size="xs"
        w={300}
        label={t("templateName")}
        description={t("templateNameHint", { example: EXAMPLE })}
        inputWrapperOrder={["label", "input", "description", "error"]}
        {...draft.text(`${pointer}/templateName`)}
      />
    );
  }
  return (
    <IdChoice
      label={t("template")}
      placeholder={t("chooseTemplate")}
      nothing={t("noTemplates")}
      choices={templates}
      {...template}
      onChange={(id) => onChange(id ?? UNCHOSEN)}
    />
  );
}

function Recipients({ draft, pointer }: SpotProps) {
  const t = useTranslations("deeds");
  const to = draft.input<string[]>(`${pointer}/to`);
  return (
    <>
      <Group gap="sm" align="flex-start">
        <TagsInput
          size="xs"
          w={300}
          label={t("to")}
          placeholder={to.value.length === 0 ? t("toHint") : undefined}
          acceptValueOnBlur
          splitChars={[",", ";", " "]}
          value={to.value}
          onChange={to.onChange}
          error={problemBelow(draft, `${pointer}/to`)}
        />
        <NameInput
          label={t("purpose")}
          placeholder={t("anyPurpose")}
          {...draft.input<string | null>(`${pointer}/purpose`)}
        />
      </Group>
      <Group gap="lg">
        <Checkbox size="xs" label={t("toCustomer")} {...draft.check(`${pointer}/toCustomer`)} />
        <Checkbox size="xs" label={t("considerConsent")} {...draft.check(`${pointer}/considerProfilingConsent`)} />
      </Group>
    </>
  );
}
