// The saved template as one customer would receive it, and sent to an address for a look. The mail is shown in a sandbox: nothing in it
// runs.
import { Box, Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { RenderedMail, Template } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { useDraft } from "@/parts/draft";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { useMay, useSession } from "@/shell/session";
import { type PreviewAs, renderedQuery, templatesPath } from "./queries";
import { languageName } from "./values";

/** No variant is in it, so that the template itself is shown. */
const NO_LANGUAGE = "und";
const CUSTOMERS_OWN = "own";

export function Preview({ template }: { template: Template }) {
  const t = useTranslations("mail");
  const may = useMay();
  const [as, setAs] = useState<PreviewAs>({ customerId: null, language: null });
  const { data, error, isLoading, refetch } = useQuery(renderedQuery(template, as));
  return (
    <Card title={t("preview")} hint={t("previewHint")}>
      <Stack gap="sm">
        <CustomerChoice
          label={t("previewAs")}
          value={as.customerId}
          onChange={(customerId) => setAs((before) => ({ ...before, customerId }))}
          startWithFirst
        />
        <LanguageChoice
          template={template}
          language={as.language}
          choose={(language) => setAs((before) => ({ ...before, language }))}
        />
        {error && <Failure error={error} retry={refetch} />}
        {isLoading && <LoadingLines lines={6} />}
        {data && <Rendered mail={data} />}
        {may("mail:write") && as.customerId !== null && <TestMail template={template} as={as} />}
      </Stack>
    </Card>
  );
}

type LanguageProps = { template: Template; language: string | null; choose: (language: string | null) => void };

function LanguageChoice({ template, language, choose }: LanguageProps) {
  const t = useTranslations("mail");
  const locale = useLocale();
  if (template.variants.length === 0) return null;
  return (
    <Select
      label={t("previewIn")}
      allowDeselect={false}
      value={language ?? CUSTOMERS_OWN}
      onChange={(value) => choose(value === CUSTOMERS_OWN ? null : value)}
      data={[
        { value: CUSTOMERS_OWN, label: t("customersLanguage") },
        { value: NO_LANGUAGE, label: t("ownLanguage") },
        ...template.variants.map((variant) => ({
          value: variant.language,
          label: languageName(variant.language, locale) ?? variant.language,
        })),
      ]}
    />
  );
}

function Rendered({ mail }: { mail: RenderedMail }) {
  const t = useTranslations("mail");
  const [form, setForm] = useState(mail.html === "" ? "text" : "html");
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t("form")}
        value={form}
        onChange={setForm}
        data={[
          { value: "html", label: t("html") },
          { value: "text", label: t("text") },
        ]}
      />
      <Box style={{ border: "1px solid var(--regulars-line)", borderRadius: 8, overflow: "hidden" }}>
        <Text size="sm" fw={600} p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
          {mail.subject}
        </Text>
        {form === "html" ? (
          <iframe
            title={t("preview")}
            sandbox=""
            srcDoc={mail.html}
            style={{
              display: "block",
              width: "100%",
              height: 460,
              border: 0,
              background: "#ffffff",
              colorScheme: "light",
            }}
          />
        ) : (
          <Text component="pre" size="sm" p="sm" m={0} style={{ whiteSpace: "pre-wrap", minHeight: 460 }}>
            {mail.text}
          </Text>
        )}
      </Box>
    </Stack>
  );
}

function TestMail({ template, as }: { template: Template; as: PreviewAs }) {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const { user } = useSession();
  const draft = useDraft({ to: user.email });
  const [isSending, setSending] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    try {
      await post<RenderedMail>(`${templatesPath}/${template.id}/test`, { ...draft.values, ...as });
      toasts.done(t("testSent", { to: draft.values.to }));
    } catch (error) {
      draft.showProblems(error);
      toasts.failed(error);
    } finally {
      setSending(false);
    }
  };
  return (
    <form onSubmit={send} noValidate>
      <Group gap="xs" align="flex-end">
        <TextInput flex="1 1 200px" type="email" label={t("testTo")} required {...draft.text("/to")} />
        <Button type="submit" variant="default" loading={isSending} leftSection={<IconSend size={16} />}>
          {t("testVerb")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t("testHint")}
      </Text>
    </form>
  );
}
