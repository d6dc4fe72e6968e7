// The inputs of a mail template: name, subject, and the two forms of the text.
import { Code, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Template } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";

export type TemplateValues = { name: string; subject: string; html: string; text: string };

export function valuesOf({ name, subject, html, text }: Template): TemplateValues {
  return { name, subject, html, text };
}

export function TemplateEditor({ draft }: { draft: Draft<TemplateValues> }) {
  const t = useTranslations("mail");
  return (
    <Card>
      <Stack gap="sm">
        <TextInput label={t("name")} description={t("nameHint")} required {...draft.text("/name")} />
        <TextInput label={t("subject")} required {...draft.text("/subject")} />
        <Tabs defaultValue="html">
          <Tabs.List>
            <Tabs.Tab value="html">{t("html")}</Tabs.Tab>
            <Tabs.Tab value="text">{t("text")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="html" pt="sm">
            <Source draft={draft} pointer="/html" label={t("html")} />
          </Tabs.Panel>
          <Tabs.Panel value="text" pt="sm">
            <Source draft={draft} pointer="/text" label={t("text")} />
          </Tabs.Panel>
        </Tabs>
        <Text size="sm" c="dimmed">
          {t("placeholders")} <Code>{"{{ customer.firstname }}"}</Code> <Code>{"{{ customer.fields.tier }}"}</Code>{" "}
          <Code>{"{{ activity.attributes.amount }}"}</Code>
        </Text>
      </Stack>
    </Card>
  );
}

function Source({ draft, pointer, label }: { draft: Draft<TemplateValues>; pointer: string; label: string }) {
  return (
    <Textarea
      label={label}
      autosize
      minRows={14}
      maxRows={30}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
      {...draft.text(pointer)}
    />
  );
}
