// What people noted about a customer.
import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconNote } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { post, remove } from "@/api/client";
import type { Customer, Note } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { useDraft } from "@/parts/draft";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { UnsavedGuard } from "@/parts/save-bar";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";

export function NotesTab({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const parts = useTranslations("parts");
  const may = useMay();
  const path = `${customersPath}/${customer.id}/notes`;
  const list = useCursorList<Note>(path);
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  return (
    <Stack gap="md" p="md">
      {may("customers:write") && <NewNote path={path} customer={customer} />}
      {list.isLoading && <LoadingLines />}
      {!list.isLoading && list.items.length === 0 && (
        <Empty title={t("noNotes")} hint={t("noNotesHint")} icon={IconNote} />
      )}
      {list.items.map((note) => (
        <NoteCard key={note.id} note={note} path={path} />
      ))}
      {list.hasMore && (
        <Button variant="default" size="xs" loading={list.isFetching} onClick={list.loadMore}>
          {parts("loadMore")}
        </Button>
      )}
    </Stack>
  );
}

function NewNote({ path, customer }: { path: string; customer: Customer }) {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const queries = useQueryClient();
  const draft = useDraft({ title: "", text: "" });
  const [isBusy, setBusy] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post(path, draft.values);
      draft.reset({ title: "", text: "" });
      toasts.done(t("noteAdded"));
      await queries.invalidateQueries({ queryKey: [path] });
      await queries.invalidateQueries({ queryKey: [`${customersPath}/${customer.id}/timeline`] });
    } catch (error) {
      draft.showProblems(error);
      toasts.failed(error);
    } finally {
      setBusy(false);
    }
  };
  const isEmpty = draft.values.title.trim() === "" && draft.values.text.trim() === "";
  return (
    <form onSubmit={add}>
      <Stack gap="xs">
        <TextInput label={t("noteTitle")} {...draft.text("/title")} />
        <Textarea label={t("noteText")} autosize minRows={2} maxRows={10} {...draft.text("/text")} />
        <Group>
          <Button type="submit" size="sm" loading={isBusy} disabled={isEmpty}>
            {t("addNote")}
          </Button>
        </Group>
      </Stack>
      <UnsavedGuard when={draft.isDirty && !isBusy} />
    </form>
  );
}

function NoteCard({ note, path }: { note: Note; path: string }) {
  const t = useTranslations("customers");
  const parts = useTranslations("parts");
  const nameOf = useActorName();
  const queries = useQueryClient();
  const may = useMay();
  const act = async () => {
    await remove(`${path}/${note.id}`);
    await queries.invalidateQueries({ queryKey: [path] });
  };
  return (
    <Group className="card" p="sm" justify="space-between" align="flex-start" wrap="nowrap">
      <div>
        {note.title && (
          <Text size="sm" fw={600}>
            {note.title}
          </Text>
        )}
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {note.text}
        </Text>
        <Text size="xs" c="dimmed" mt={4}>
          {nameOf(note.actor)} <When at={note.at} />
        </Text>
      </div>
      {may("customers:write") && (
        <ConfirmButton
          size="xs"
          label={parts("delete")}
          ariaLabel={t("deleteNote", { title: note.title || note.text.slice(0, 40) })}
          title={t("deleteNoteTitle")}
          text={t("deleteNoteText")}
          verb={parts("delete")}
          act={act}
        />
      )}
    </Group>
  );
}
