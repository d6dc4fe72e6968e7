// A new rule. It starts switched off, so that it can be finished in peace.
import { Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Rule } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { RuleEditor } from "./editor";
import { rulesPath } from "./queries";
import { TryOut } from "./try-out";
import { bodyOf, emptyRule } from "./values";

export function NewRule() {
  const t = useTranslations("automation");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const draft = useDraft(emptyRule, bodyOf);
  const saving = useSaving({
    draft,
    version: null,
    send: (values) => post<Rule>(rulesPath, bodyOf(values)),
    saved: async (rule) => {
      toasts.done(t("created", { name: rule.name }));
      await queries.invalidateQueries({ queryKey: [rulesPath] });
      await navigate({ to: "/rules/$id", params: { id: String(rule.id) }, search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <Page title={t("new")} back={{ to: "/rules", label: t("title") }}>
      <form onSubmit={submit} noValidate>
        <RuleEditor draft={draft} />
        <Group className="save-bar" gap="xs" align="flex-end">
          <SaveBar
            draft={draft}
            saving={saving}
            isNew
            verb={t("createVerb")}
            discard={() => navigate({ to: "/rules", search: {} })}
          />
          <TryOut draft={draft} ruleId={null} />
        </Group>
      </form>
    </Page>
  );
}
