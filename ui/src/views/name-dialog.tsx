// What a view is called: asked when the list is kept as a new one, and when one is renamed.
import { Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patch, post } from "@/api/client";
import type { SavedView } from "@/api/types";
import { useDraft } from "@/parts/draft";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { stateOf } from "./look";
import { remember, viewQuery, viewsPath } from "./queries";
import type { Looking } from "./use-look";

/** Whether a new view is named, or the one that is open. */
export type Naming = "new" | "this" | null;
type Props = { naming: Naming; close: () => void; looking: Looking };

const NAME_CHARS_MAX = 100;
const DESCRIPTION_CHARS_MAX = 1_000;

export function NameDialog({ naming, close, looking }: Props) {
  const t = useTranslations("views");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={naming !== null}
      onClose={close}
      title={t(naming === "this" ? "renameTitle" : "newTitle")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {naming !== null && (
        <NameForm view={naming === "this" ? looking.view : undefined} close={close} looking={looking} />
      )}
    </Modal>
  );
}

type FormProps = { view: SavedView | undefined; close: () => void; looking: Looking };

function NameForm({ view, close, looking }: FormProps) {
  const t = useTranslations("views");
  const toasts = useToasts();
  const queries = useQueryClient();
  const draft = useDraft({ name: view?.name ?? "", description: view?.description ?? "" });
  const saving = useSaving({
    draft,
    version: view?.version ?? null,
    send: ({ name, description }, ifVersion) => {
      const values = { name, description: description || null };
      return view
        ? patch<SavedView>(`${viewsPath}/${view.id}`, values, { ifVersion })
        : post<SavedView>(viewsPath, { ...values, list: "customers", state: stateOf(looking.look) });
    },
    saved: async (answer) => {
      await remember(queries, answer);
      if (!view) looking.open(answer.id);
      close();
      toasts.done(t("saved", { name: answer.name }));
    },
    reload: async () => {
      if (view) await queries.invalidateQueries({ queryKey: viewQuery(view.id).queryKey });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {!view && (
          <Text size="sm" c="dimmed">
            {t("newHint")}
          </Text>
        )}
        <TextInput label={t("name")} required data-autofocus maxLength={NAME_CHARS_MAX} {...draft.text("/name")} />
        <Textarea
          label={t("description")}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={DESCRIPTION_CHARS_MAX}
          {...draft.text("/description")}
        />
        <SaveBar draft={draft} saving={saving} isNew={!view} verb={view ? undefined : t("create")} />
      </Stack>
    </form>
  );
}
