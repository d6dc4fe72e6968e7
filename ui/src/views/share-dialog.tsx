// With whom a view is shared: users and roles, each of them only looking, or changing it too.
import { ActionIcon, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { patch } from "@/api/client";
import type { SavedView, SavedViewPerson, SavedViewRole, SavedViewShare } from "@/api/types";
import { type Draft, useDraft } from "@/parts/draft";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { peopleQuery, reachableRolesQuery, remember, sharesOf, viewQuery, viewsPath } from "./queries";
import { added, choiceOf } from "./shares";

type Props = { view: SavedView; opened: boolean; close: () => void };
type Values = { shares: SavedViewShare[] };

export function ShareDialog({ view, opened, close }: Props) {
  const t = useTranslations("views");
  const parts = useTranslations("parts");
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("shareTitle", { name: view.name })}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {opened && <ShareForm view={view} close={close} />}
    </Modal>
  );
}

function ShareForm({ view, close }: Omit<Props, "opened">) {
  const t = useTranslations("views");
  const toasts = useToasts();
  const queries = useQueryClient();
  const { data: people = [] } = useQuery(peopleQuery);
  const { data: roles = [] } = useQuery(reachableRolesQuery);
  const draft = useDraft<Values>({ shares: sharesOf(view) });
  const saving = useSaving({
    draft,
    version: view.version,
    send: (values, ifVersion) => patch<SavedView>(`${viewsPath}/${view.id}`, values, { ifVersion }),
    saved: async (answer) => {
      await remember(queries, answer);
      close();
      toasts.done(t(answer.shares.length > 0 ? "shareSaved" : "shareEnded", { name: answer.name }));
    },
    reload: async () => {
      await queries.invalidateQueries({ queryKey: viewQuery(view.id).queryKey });
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
        <Adding draft={draft} people={people.filter(({ id }) => id !== view.owner?.id)} roles={roles} />
        {draft.values.shares.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("sharedWithNobody")}
          </Text>
        )}
        <ul className="share-list" aria-label={t("sharedWith")}>
          {draft.values.shares.map((share, place) => (
            <Row key={choiceOf(share)} draft={draft} place={place} share={share} people={people} roles={roles} />
          ))}
        </ul>
        <SaveBar draft={draft} saving={saving} />
      </Stack>
    </form>
  );
}

type Reachable = { people: SavedViewPerson[]; roles: SavedViewRole[] };

/** Everybody with a role; the built-in ones in the reader's language. */
function useEveryRole(): (role: SavedViewRole) => string {
  const t = useTranslations("views");
  return ({ key, name }) =>
    key === "admin" || key === "editor" || key === "viewer" ? t(`everyRole.${key}`) : t("everyOwnRole", { name });
}

function Adding({ draft, people, roles }: Reachable & { draft: Draft<Values> }) {
  const t = useTranslations("views");
  const everyRole = useEveryRole();
  const { shares } = draft.values;
  const [words, setWords] = useState("");
  const last = useRef("");
  const isOpen = (value: string) => shares.every((share) => choiceOf(share) !== value);
  const groups = [
    {
      group: t("roles"),
      items: roles.map((role) => ({ value: role.key, label: everyRole(role) })),
    },
    {
      group: t("people"),
      items: people
        .filter(({ active }) => active)
        .map(({ id, name }) => ({ value: choiceOf({ userId: id, role: null }), label: name })),
    },
  ];
  return (
    <Select
      label={t("shareWith")}
      placeholder={t("shareWithHint")}
      searchable
      data-autofocus
      value={null}
      nothingFoundMessage={t("nobodyFound")}
      data={groups.map(({ group, items }) => ({ group, items: items.filter(({ value }) => isOpen(value)) }))}
      searchValue={words}
      // Whoever was chosen stands in the list below, and his name would be in the way of the next one.
      onSearchChange={(next) => setWords(next === last.current ? "" : next)}
      onChange={(choice, option) => {
        last.current = option?.label ?? "";
        setWords("");
        if (choice) draft.set("/shares", added(shares, choice));
      }}
    />
  );
}

type RowProps = Reachable & { draft: Draft<Values>; place: number; share: SavedViewShare };

function Row({ draft, place, share, people, roles }: RowProps) {
  const t = useTranslations("views");
  const everyRole = useEveryRole();
  const name = share.role
    ? everyRole(roles.find(({ key }) => key === share.role) ?? { key: share.role, name: share.role })
    : (people.find(({ id }) => id === share.userId)?.name ?? `#${share.userId}`);
  const places = [`/shares/${place}`, `/shares/${place}/userId`, `/shares/${place}/role`];
  const problem = places.map(draft.problem).find((found) => found !== undefined);
  const others = draft.values.shares.filter((_, other) => other !== place);
  return (
    <li>
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" flex={1} miw={0} truncate>
          {name}
        </Text>
        <Select
          w={150}
          size="xs"
          aria-label={t("whatMay", { name })}
          allowDeselect={false}
          value={share.mayEdit ? "edit" : "read"}
          onChange={(value) => draft.set(`/shares/${place}/mayEdit`, value === "edit")}
          data={[
            { value: "read", label: t("may.read") },
            { value: "edit", label: t("may.edit") },
          ]}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("unshare", { name })}
          onClick={() => draft.set("/shares", others)}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {problem && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
    </li>
  );
}
