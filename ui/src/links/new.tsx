// A new link definition.
import { Box } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { LinkDefinition } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { LinkEditor } from "./editor";
import { linksPath } from "./queries";
import { emptyLink } from "./values";

export function NewLink() {
  const t = useTranslations("links");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft(emptyLink);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<LinkDefinition>(linksPath, values),
    saved: async ({ id, name }) => {
      toasts.done(t("created", { name }));
      await queries.invalidateQueries({ queryKey: [linksPath] });
      await navigate({ to: "/links/$id", params: { id: String(id) } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/links", label: t("title") }}>
      <Box component="form" onSubmit={submit} noValidate maw={760}>
        <LinkEditor draft={draft} />
        <Box className="save-bar">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            discard={() => navigate({ to: "/links" })}
          />
        </Box>
      </Box>
    </Page>
  );
}
