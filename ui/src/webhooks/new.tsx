// A new webhook; its secret is shown before its page.
import { Box } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { WebhookWithSecret } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { WebhookEditor } from "./editor";
import { webhooksPath } from "./queries";
import { SecretDialog } from "./secret-dialog";
import { bodyOf, emptyWebhook, hasTwice, toldAtRows } from "./values";

export function NewWebhook() {
  const t = useTranslations("webhooks");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [made, setMade] = useState<WebhookWithSecret | null>(null);
  const draft = useDraft(emptyWebhook);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => toldAtRows(post<WebhookWithSecret>(webhooksPath, bodyOf(values)), values.headers),
    saved: async (answer) => {
      draft.reset(draft.values);
      setMade(answer);
      toasts.done(t("created", { name: answer.name }));
      await queries.invalidateQueries({ queryKey: [webhooksPath] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  const finish = () => navigate({ to: "/webhooks/$id", params: { id: String(made?.id) }, search: {} });
  return (
    <Page title={t("new")} back={{ to: "/webhooks", label: t("title") }}>
      <Box component="form" onSubmit={submit} noValidate maw={860}>
        <WebhookEditor draft={draft} />
        <Box className="save-bar">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            disabled={hasTwice(draft.values.headers) || made !== null}
            discard={() => navigate({ to: "/webhooks" })}
          />
        </Box>
      </Box>
      <SecretDialog made={made} isNew finish={finish} />
    </Page>
  );
}
