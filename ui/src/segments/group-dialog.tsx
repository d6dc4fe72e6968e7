// A segment group: created, renamed, or deleted when it is empty.
import { Group, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslations } from "use-intl";
import { patch, post, remove } from "@/api/client";
import type { SegmentGroup } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { type Draft, useDraft } from "@/parts/draft";
import { NumberInput } from "@/parts/number-input";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { KindControl } from "./kind";
import { NewsletterLists } from "./newsletter-lists";
import { groupsPath } from "./queries";

export type GroupEditing = SegmentGroup | "new" | null;
type Props = { editing: GroupEditing; close: () => void };

export function GroupDialog({ editing, close }: Props) {
  const t = useTranslations("segments");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={editing !== null}
      onClose={close}
      title={t(editing === "new" ? "newGroup" : "editGroup")}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {editing !== null && <GroupForm group={editing === "new" ? null : editing} close={close} />}
    </Modal>
  );
}

function GroupForm({ group, close }: { group: SegmentGroup | null; close: () => void }) {
  const t = useTranslations("segments");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const draft = useDraft({
    name: group?.name ?? "",
    reference: group?.reference ?? "",
    calculated: group?.calculated ?? true,
    showAsFilter: group?.showAsFilter ?? true,
    sortOrder: group?.sortOrder ?? 0,
    exportToNewsletter: group?.exportToNewsletter ?? [],
  });
  const finish = async (said: string) => {
    toasts.done(said);
    close();
    await queries.invalidateQueries({ queryKey: [groupsPath] });
  };
  const saving = useSaving({
    draft,
    version: group?.version ?? null,
    send: ({ reference, calculated, ...values }, ifVersion) => {
      const body = reference === "" ? values : { ...values, reference };
      return group
        ? patch(`${groupsPath}/${group.id}`, body, { ifVersion })
        : post(groupsPath, { ...body, calculated });
    },
    saved: () => finish(parts(group ? "saved" : "created")),
    reload: async () => {
      await queries.invalidateQueries({ queryKey: [groupsPath] });
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
        {group === null && (
          <KindControl
            calculated={draft.values.calculated}
            choose={(calculated) => draft.set("/calculated", calculated)}
          />
        )}
        <TextInput label={t("name")} required data-autofocus {...draft.text("/name")} />
        <TextInput label={t("reference")} description={t("referenceHint")} {...draft.text("/reference")} />
        <SortOrder draft={draft} />
        <NewsletterLists draft={draft} pointer="/exportToNewsletter" />
        <Switch label={t("showAsFilter")} {...draft.check("/showAsFilter")} />
        <Group justify="space-between" align="flex-end">
          <SaveBar draft={draft} saving={saving} isNew={group === null} verb={group ? undefined : parts("create")} />
          {group && (
            <ConfirmButton
              label={parts("delete")}
              title={t("deleteGroupTitle", { name: group.name })}
              text={t("deleteGroupText")}
              verb={parts("delete")}
              act={async () => {
                await remove(`${groupsPath}/${group.id}`);
                await finish(parts("deleted"));
              }}
            />
          )}
        </Group>
      </Stack>
    </form>
  );
}

function SortOrder<T>({ draft }: { draft: Draft<T> }) {
  const t = useTranslations("segments");
  const { value, error, onChange } = draft.input<number>("/sortOrder");
  return (
    <NumberInput
      label={t("sortOrder")}
      description={t("sortOrderHint")}
      allowDecimal={false}
      error={error}
      value={value}
      onChange={(next) => onChange(typeof next === "number" ? next : 0)}
    />
  );
}
