// A new builder of segments.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { SegmentBuilder } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { groupsPath, segmentsPath } from "@/segments/queries";
import { BuilderEditor, useSubmit } from "./editor";
import { buildersPath } from "./queries";
import { exampleOf } from "./settings";
import { sentOf, settingsIn, valuesFrom } from "./values";

const start = valuesFrom("age", "", exampleOf("age"));

export function NewBuilder() {
  const t = useTranslations("builders");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft(start, sentOf);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) =>
      post<SegmentBuilder>(buildersPath, { kind: values.kind, name: values.name, settings: settingsIn(values) }),
    saved: async ({ id, name }) => {
      toasts.done(t("created", { name }));
      for (const path of [buildersPath, groupsPath, segmentsPath])
        await queries.invalidateQueries({ queryKey: [path] });
      await navigate({ to: "/builders/$id", params: { id: String(id) } });
    },
  });
  const { tried, submit } = useSubmit(draft, saving);
  return (
    <Page title={t("new")} back={{ to: "/builders", label: t("title") }}>
      <form onSubmit={submit} noValidate>
        <BuilderEditor draft={draft} isNew tried={tried}>
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            disabled={settingsIn(draft.values) === undefined}
            discard={() => navigate({ to: "/builders" })}
          />
        </BuilderEditor>
      </form>
    </Page>
  );
}
