// A new API key. The key itself is shown once and never again, so the dialog closes only by saying so.
import { Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { NewApiKey } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { MomentInput } from "@/parts/moment-input";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { ShownOnce } from "@/parts/shown-once";
import { useMay } from "@/shell/session";
import { keysPath } from "./keys";
import { firstScopes, isWithin, shownPermissions } from "./permissions";

export function NewKeyDialog({ opened, close }: { opened: boolean; close: () => void }) {
  const t = useTranslations("admin");
  const parts = useTranslations("parts");
  const [made, setMade] = useState<NewApiKey | null>(null);
  const finish = () => {
    close();
    setMade(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={finish}
      title={t(made ? "keyMade" : "newKey")}
      closeOnClickOutside={made === null}
      closeOnEscape={made === null}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {made ? (
        <ShownOnce secret={made.key} text={t("shownOnce")} verb={t("keptIt")} finish={finish} testId="new-key" />
      ) : (
        <KeyForm done={setMade} />
      )}
    </Modal>
  );
}

function KeyForm({ done }: { done: (made: NewApiKey) => void }) {
  const t = useTranslations("admin");
  const queries = useQueryClient();
  const may = useMay();
  const draft = useDraft({ name: "", scopes: firstScopes(may), expiresAt: null as string | null });
  const saving = useSaving({
    draft,
    version: null,
    send: ({ name, scopes, expiresAt }) =>
      post<NewApiKey>(keysPath, { name, scopes, ...(expiresAt === null ? {} : { expiresAt }) }),
    saved: async (made) => {
      draft.reset(draft.values);
      done(made);
      await queries.invalidateQueries({ queryKey: [keysPath] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  const all = isWithin(["all"], may) ? [{ value: "all", label: t("scopeAll") }] : [];
  const scopes = shownPermissions.filter(may);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t("keyName")}
          description={t("keyNameHint")}
          required
          data-autofocus
          {...draft.text("/name")}
        />
        <MultiSelect
          label={t("scopes")}
          description={t("scopesHint")}
          searchable
          data={[...all, ...scopes.map((scope) => ({ value: scope, label: scope }))]}
          {...draft.input<string[]>("/scopes")}
        />
        <MomentInput
          label={t("expires")}
          description={t("expiresHint")}
          kind="datetime"
          {...draft.input<string | null>("/expiresAt")}
        />
        <SaveBar draft={draft} saving={saving} isNew verb={t("createKey")} />
      </Stack>
    </form>
  );
}
