// A new mail template, starting from a short letter that shows how placeholders look.
import { Box } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Template } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { TemplateEditor } from "./editor";
import { templatesPath } from "./queries";
import { bodyOf, type TemplateValues } from "./values";

const START: TemplateValues = {
  name: "",
  kind: "transactional",
  purpose: null,
  list: null,
  subject: "",
  html: "<p>Hello {{ customer.firstname }},</p>\n<p></p>\n",
  text: "",
  variants: [],
  trackOpens: false,
  trackClicks: false,
  quietHours: "ignore",
  capExempt: true,
};

export function NewTemplate() {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft(START);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Template>(templatesPath, bodyOf(values)),
    saved: async (template) => {
      toasts.done(t("created", { name: template.name }));
      await queries.invalidateQueries({ queryKey: [templatesPath] });
      await navigate({ to: "/templates/$id", params: { id: String(template.id) }, search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/templates", label: t("title") }}>
      <Box component="form" onSubmit={submit} noValidate maw={900}>
        <TemplateEditor draft={draft} mayChange />
        <Box mt="md">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            discard={() => navigate({ to: "/templates" })}
          />
        </Box>
      </Box>
    </Page>
  );
}
