// A new builder of segments.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { SegmentBuilder } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { groupsPath, segmentsPath } from "@/segments/queries";
import { BuilderEditor, type BuilderValues } from "./editor";
import { buildersPath } from "./queries";
import { exampleOf, readSettings } from "./settings";

export function NewBuilder() {
  const t = useTranslations("builders");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft<BuilderValues>({ kind: "age", name: "", text: exampleOf("age") });
  const saving = useSaving({
    draft,
    version: null,
    send: ({ kind, name, text }) => post<SegmentBuilder>(buildersPath, { kind, name, settings: readSettings(text) }),
    saved: async ({ id, name }) => {
      toasts.done(t("created", { name }));
      for (const path of [buildersPath, groupsPath, segmentsPath])
        await queries.invalidateQueries({ queryKey: [path] });
      await navigate({ to: "/builders/$id", params: { id: String(id) } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/builders", label: t("title") }}>
      <form onSubmit={submit} noValidate>
        <BuilderEditor draft={draft} isNew>
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            disabled={readSettings(draft.values.text) === undefined}
            discard={() => navigate({ to: "/builders" })}
          />
        </BuilderEditor>
      </form>
    </Page>
  );
}
