// A new company.
import { Box } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Company } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { bodyOf, CompanyEditor, type CompanyValues } from "./editor";
import { companiesPath } from "./queries";

export function NewCompany() {
  const t = useTranslations("companies");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft<CompanyValues>({ name: "", vatId: null });
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Company>(companiesPath, bodyOf(values)),
    saved: async ({ id, name }) => {
      toasts.done(t("created", { name }));
      await queries.invalidateQueries({ queryKey: [companiesPath] });
      await navigate({ to: "/companies/$id", params: { id: String(id) } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/companies", label: t("title") }}>
      <Box component="form" onSubmit={submit} noValidate maw={760}>
        <CompanyEditor draft={draft} />
        <Box mt="md">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            discard={() => navigate({ to: "/companies", search: {} })}
          />
        </Box>
      </Box>
    </Page>
  );
}
