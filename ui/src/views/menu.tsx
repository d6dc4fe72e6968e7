// The menu of views: those to open, and what can be done with the one that is open.
import { Button, Menu, Text } from "@mantine/core";
import {
  IconCheck,
  IconChevronDown,
  IconDeviceFloppy,
  IconPencil,
  IconPinned,
  IconPinnedOff,
  IconShare,
  IconTrash,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { SavedView } from "@/api/types";
import { LinkItem } from "@/parts/link-button";
import { useToasts } from "@/parts/toasts";
import { useMay, useSession } from "@/shell/session";
import { grouped } from "./groups";
import { allViewsQuery, refreshLists, restore, setShortcut, viewQuery, viewsPath, viewsQuery } from "./queries";
import type { Looking } from "./use-look";

const ICON_PX = 15;
const MENU_PX = 290;

type Props = { looking: Looking; saveAs: () => void; rename: () => void; share: () => void };

export function ViewsMenu(props: Props) {
  const t = useTranslations("views");
  const { view } = props.looking;
  return (
    // In its place on the page, and not at the end of the document, where it would belong to no part of the page. The keyboard begins at
    // the first item: a place for it before all items would be no item, and in a menu there is nothing else.
    <Menu position="bottom-start" width={MENU_PX} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          size="compact-md"
          variant={view ? "light" : "default"}
          rightSection={<IconChevronDown size={15} />}
          fw={500}
          maw={300}
          aria-label={view ? t("opened", { name: view.name }) : t("menu")}
        >
          {view ? view.name : t("menu")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="min(560px, 70vh)" style={{ overflowY: "auto" }}>
        <Choices looking={props.looking} />
        <Menu.Divider />
        <Menu.Item leftSection={<IconDeviceFloppy size={ICON_PX} />} onClick={props.saveAs}>
          {t("saveAs")}
        </Menu.Item>
        {view && <OfThis {...props} view={view} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choices({ looking }: { looking: Looking }) {
  const t = useTranslations("views");
  const may = useMay();
  const { user } = useSession();
  const { data: usable = [] } = useQuery(viewsQuery);
  const [isAll, showAll] = useState(false);
  const { data: all = [] } = useQuery({ ...allViewsQuery, enabled: isAll });
  const groups = grouped(usable, isAll ? all : [], user.id);
  return (
    <>
      <LinkItem to="/customers" search={{}} rightSection={!looking.view && <IconCheck size={ICON_PX} />}>
        {t("none")}
      </LinkItem>
      {groups.map(({ word, views }) => (
        <Fragment key={word}>
          <Menu.Label>{t(`groups.${word}`)}</Menu.Label>
          {views.map((view) => (
            <Choice key={view.id} view={view} isOpen={looking.view?.id === view.id} isOwn={word === "own"} />
          ))}
        </Fragment>
      ))}
      {may("views:write") && !isAll && (
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<IconUsersGroup size={ICON_PX} />}
          onClick={() => showAll(true)}
        >
          {t("showAll")}
        </Menu.Item>
      )}
    </>
  );
}

function Choice({ view, isOpen, isOwn }: { view: SavedView; isOpen: boolean; isOwn: boolean }) {
  const t = useTranslations("views");
  return (
    <LinkItem
      to="/customers"
      search={{ view: view.id }}
      title={view.description ?? undefined}
      rightSection={isOpen && <IconCheck size={ICON_PX} />}
    >
      {view.name}
      {!isOwn && (
        <Text span size="xs" c="dimmed" ml={6}>
          {view.owner?.name ?? t("nobody")}
        </Text>
      )}
    </LinkItem>
  );
}

function OfThis({ view, rename, share, looking }: Props & { view: SavedView }) {
  const t = useTranslations("views");
  const { toggleShortcut, discard } = useActs(view, looking);
  const may = useMay();
  const mayManage = view.access === "manage";
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{view.name}</Menu.Label>
      <Menu.Item
        leftSection={view.isShortcut ? <IconPinnedOff size={ICON_PX} /> : <IconPinned size={ICON_PX} />}
        onClick={toggleShortcut}
      >
        {t(view.isShortcut ? "removeShortcut" : "addShortcut")}
      </Menu.Item>
      {view.access !== "read" && (
        <Menu.Item leftSection={<IconPencil size={ICON_PX} />} onClick={rename}>
          {t("rename")}
        </Menu.Item>
      )}
      {mayManage && may("views:share") && (
        <Menu.Item leftSection={<IconShare size={ICON_PX} />} onClick={share}>
          {t("share")}
        </Menu.Item>
      )}
      {mayManage && (
        <Menu.Item leftSection={<IconTrash size={ICON_PX} />} onClick={discard}>
          {t("delete")}
        </Menu.Item>
      )}
      {!mayManage && (
        <Text size="xs" c="dimmed" px="sm" py={4}>
          {t(view.access === "read" ? "readOnly" : "mayEdit", { owner: view.owner?.name ?? t("nobody") })}
        </Text>
      )}
    </>
  );
}

function useActs(view: SavedView, { open }: Looking) {
  const t = useTranslations("views");
  const { user } = useSession();
  const mayShare = useMay()("views:share");
  const toasts = useToasts();
  const queries = useQueryClient();
  const told = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      toasts.failed(error);
    }
  };
  const toggleShortcut = () =>
    told(async () => {
      await setShortcut(view, !view.isShortcut);
      queries.setQueryData(viewQuery(view.id).queryKey, { ...view, isShortcut: !view.isShortcut });
      await refreshLists(queries);
      toasts.done(t(view.isShortcut ? "shortcutRemoved" : "shortcutAdded", { name: view.name }));
    });
  const takeBack = async () => {
    const again = await restore(view, view.owner?.id === user.id, mayShare);
    await refreshLists(queries);
    open(again.id);
  };
  const discard = () =>
    told(async () => {
      await remove(`${viewsPath}/${view.id}`, { ifVersion: view.version });
      open(undefined);
      queries.removeQueries({ queryKey: viewQuery(view.id).queryKey });
      await refreshLists(queries);
      toasts.done(t("deleted", { name: view.name }), takeBack);
    });
  return { toggleShortcut, discard };
}
