// Below the list while customers are chosen: how many, all who match instead, and what can be done to them.
import { Button, Menu, Text } from "@mantine/core";
import { IconChevronDown, IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { later } from "@/parts/later";
import { LinkItem } from "@/parts/link-button";
import { useMay } from "@/shell/session";
import { type BulkKind, kinds } from "./kinds";
import { chosenBy, countOf, everybody } from "./selection";
import type { Selecting } from "./use-selection";

export const BAR_PX = 53;

const BulkDialog = later(() => import("./dialog"), "BulkDialog", null);

/** Whether there is anything one may do to many customers. */
export function useMayBulk(): boolean {
  const may = useMay();
  return may("bulk:write") && kinds.some(({ permission }) => may(permission));
}

type Props = {
  selecting: Selecting;
  /** How many match, once that is known. */
  total: number | null;
};

export function BulkBar({ selecting, total }: Props) {
  const t = useTranslations("bulk");
  const { selection, select, clear, filter } = selecting;
  const [kind, setKind] = useState<BulkKind | null>(null);
  const [isOpen, setOpen] = useState(false);
  const count = countOf(selection, total);
  if (count === 0) return null;
  const open = (type: BulkKind) => {
    setKind(type);
    setOpen(true);
  };
  const isMore = !selection.isAll && total !== null && total > selection.ids.size;
  return (
    <section className="bulk-bar" aria-label={t("bar")}>
      <Text size="sm" fw={550} aria-live="polite">
        {count === null ? t("countingChosen") : t(selection.isAll ? "allChosen" : "someChosen", { count })}
      </Text>
      <Actions open={open} />
      {isMore && (
        <Button size="compact-sm" variant="subtle" onClick={() => select(everybody)}>
          {t("chooseAll", { count: total })}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" color="gray" ml="auto" onClick={clear}>
        {t("clear")}
      </Button>
      {kind && (
        <BulkDialog
          key={kind}
          kind={kind}
          opened={isOpen}
          close={() => setOpen(false)}
          chosen={chosenBy(selection, filter)}
          count={count}
          started={clear}
        />
      )}
    </section>
  );
}

const ICON_PX = 15;

function Actions({ open }: { open: (type: BulkKind) => void }) {
  const t = useTranslations("bulk");
  const may = useMay();
  const allowed = kinds.filter(({ permission }) => may(permission));
  return (
    <Menu shadow="md" position="top-start" width={230} withinPortal>
      <Menu.Target>
        <Button size="compact-sm" rightSection={<IconChevronDown size={14} />}>
          {t("actions")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {allowed.map(({ type, icon: Picture }) => (
          <Menu.Item
            key={type}
            leftSection={<Picture size={ICON_PX} />}
            color={type === "delete" ? "red" : undefined}
            onClick={() => open(type)}
          >
            {t(`kinds.${type}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <LinkItem to="/bulk" search={{}} leftSection={<IconHistory size={ICON_PX} />}>
          {t("past")}
        </LinkItem>
      </Menu.Dropdown>
    </Menu>
  );
}
