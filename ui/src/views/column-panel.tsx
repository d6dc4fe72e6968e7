// Which columns a list shows and in which order: dragged, or moved by keys; what is not shown waits below.
import { ActionIcon, Button, Group, Popover, ScrollArea, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconColumns3, IconGripVertical, IconPlus, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Act } from "@/parts/act";
import { moved } from "@/parts/moved";
import type { ViewColumn } from "@/searches";

export type Choosable = { key: string; label: string };
type Props = {
  all: Choosable[];
  /** The column that cannot be taken away. */
  fixed: string;
  chosen: ViewColumn[];
  onChange: (chosen: ViewColumn[]) => void;
  usual: ViewColumn[];
};

const PANEL_PX = 320;
/** With more columns than these to choose from, one can look for them. */
const UNSEARCHED_MAX = 12;

export function ColumnPanel(props: Props) {
  const t = useTranslations("views.columns");
  return (
    <Popover position="bottom-end" shadow="md" width={PANEL_PX} trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("choose")}>
          <ActionIcon size="lg" variant="default" aria-label={t("choose")}>
            <IconColumns3 size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("choose")}>
        <Panel {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Panel({ all, fixed, chosen, onChange, usual }: Props) {
  const t = useTranslations("views.columns");
  const labels = new Map(all.map(({ key, label }) => [key, label]));
  const shown = chosen.filter(({ name }) => labels.has(name));
  const hidden = all.filter(({ key }) => shown.every(({ name }) => name !== key));
  return (
    <>
      <ScrollArea.Autosize mah={440} p="sm" type="auto" offsetScrollbars="y">
        <Shown shown={shown} labels={labels} fixed={fixed} onChange={onChange} />
        {hidden.length > 0 && <Hidden hidden={hidden} add={(name) => onChange([...shown, { name }])} />}
      </ScrollArea.Autosize>
      <Group px="sm" py={6} style={{ borderTop: "1px solid var(--regulars-line)" }}>
        <Button size="compact-sm" variant="subtle" onClick={() => onChange(usual)}>
          {t("usual")}
        </Button>
      </Group>
    </>
  );
}

type ShownProps = Pick<Props, "fixed" | "onChange"> & { shown: ViewColumn[]; labels: Map<string, string> };

function Shown({ shown, labels, fixed, onChange }: ShownProps) {
  const t = useTranslations("views.columns");
  const { list, focusNext } = useFocus(shown.map(({ name }) => name).join());
  const [dragged, drag] = useState<string | null>(null);
  const move = (from: number, to: number, act?: string) => {
    const name = shown[from]?.name;
    if (to < 0 || shown.length <= to || name === undefined) return;
    if (act) focusNext(name, `[data-act="${act}"]`);
    onChange(moved(shown, from, to));
  };
  const remove = (place: number) => {
    const next = shown[place + 1] ?? shown[place - 1];
    if (next) focusNext(next.name, '[data-act="remove"]');
    onChange(shown.filter((_, other) => other !== place));
  };
  return (
    <>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {t("shown")}
      </Text>
      <ul className="column-list" ref={list} aria-label={t("shown")}>
        {shown.map(({ name }, place) => (
          <li
            key={name}
            data-column={name}
            data-dragged={dragged === name || undefined}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", name);
              drag(name);
            }}
            onDragEnter={() => {
              const from = shown.findIndex((column) => column.name === dragged);
              if (from >= 0 && from !== place) move(from, place);
            }}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => event.preventDefault()}
            onDragEnd={() => drag(null)}
            onKeyDown={(event) => byAlt(event, (by) => move(place, place + by, by < 0 ? "up" : "down"))}
          >
            <IconGripVertical size={15} aria-hidden className="column-grip" />
            <Text size="sm" flex={1} miw={0} truncate>
              {labels.get(name)}
            </Text>
            <ShownActs
              label={labels.get(name) ?? name}
              isFirst={place === 0}
              isLast={place === shown.length - 1}
              move={(by, act) => move(place, place + by, act)}
              remove={name === fixed ? undefined : () => remove(place)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

type ActsProps = {
  label: string;
  isFirst: boolean;
  isLast: boolean;
  move: (by: number, act: string) => void;
  remove: (() => void) | undefined;
};

function ShownActs({ label, isFirst, isLast, move, remove }: ActsProps) {
  const t = useTranslations("views.columns");
  return (
    <Group gap={0} wrap="nowrap">
      <Act name="up" label={t("up", { label })} isOff={isFirst} act={() => move(-1, "up")}>
        <IconArrowUp size={15} />
      </Act>
      <Act name="down" label={t("down", { label })} isOff={isLast} act={() => move(1, "down")}>
        <IconArrowDown size={15} />
      </Act>
      <Act
        name="remove"
        label={remove ? t("remove", { label }) : t("stays", { label })}
        isOff={!remove}
        act={() => remove?.()}
      >
        <IconX size={15} />
      </Act>
    </Group>
  );
}

/** Alt with an arrow moves the column one is at. */
function byAlt(event: KeyboardEvent, move: (by: number) => void) {
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (!event.altKey || by === 0) return;
  event.preventDefault();
  move(by);
}

function Hidden({ hidden, add }: { hidden: Choosable[]; add: (key: string) => void }) {
  const t = useTranslations("views.columns");
  const [words, setWords] = useState("");
  const folded = words.trim().toLocaleLowerCase();
  const found = hidden.filter(({ label }) => label.toLocaleLowerCase().includes(folded));
  const { list, focusNext } = useFocus(hidden.map(({ key }) => key).join());
  const show = (place: number, key: string) => {
    const next = found[place + 1] ?? found[place - 1];
    if (next) focusNext(next.key, "button");
    add(key);
  };
  return (
    <Stack gap={4} mt="sm">
      <Text size="xs" fw={600} c="dimmed">
        {t("hidden")}
      </Text>
      {(hidden.length > UNSEARCHED_MAX || words !== "") && (
        <TextInput
          size="xs"
          aria-label={t("find")}
          placeholder={t("find")}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      <ul className="column-list" ref={list} aria-label={t("hidden")}>
        {found.map(({ key, label }, place) => (
          <li key={key} data-column={key}>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              fullWidth
              justify="flex-start"
              fw={400}
              leftSection={<IconPlus size={14} />}
              aria-label={t("add", { label })}
              onClick={() => show(place, key)}
            >
              {label}
            </Button>
          </li>
        ))}
      </ul>
    </Stack>
  );
}

/** Keeps the keyboard with the column that was moved, or next to the one that left the list, once the list is drawn anew. */
function useFocus(order: string) {
  const list = useRef<HTMLUListElement>(null);
  const wanted = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows when the list is another one
  useEffect(() => {
    if (wanted.current === null) return;
    list.current?.querySelector<HTMLElement>(wanted.current)?.focus();
    wanted.current = null;
  }, [order]);
  return {
    list,
    focusNext: (name: string, button: string) => {
      wanted.current = `[data-column="${CSS.escape(name)}"] ${button}`;
    },
  };
}
