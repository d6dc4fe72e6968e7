// Rows of inputs that are added, taken away and moved; the keyboard stays with the row it works on.
import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Act } from "./act";
import { moved } from "./moved";

type Labels = {
  add: string;
  remove: (number: number) => string;
  /** Without them rows stay in their order. */
  up?: (number: number) => string;
  down?: (number: number) => string;
};

type Props<T> = {
  rows: T[];
  onChange: (rows: T[]) => void;
  /** A row as it begins. */
  fresh: () => T;
  row: (place: number, addAfter: () => void) => ReactNode;
  /** What is wrong with a row as a whole, and with the list. */
  problemOf?: (place: number) => string | undefined;
  problem?: string;
  labels: Labels;
  /** Whether the first row has the labels of all above it. */
  headed?: boolean;
  max?: number;
};

const HEAD_PX = 24;
const ROWS_MAX = 200;

export function RowList<T>(props: Props<T>) {
  const { rows, onChange, fresh, row, problemOf, problem, labels, headed = false, max = ROWS_MAX } = props;
  const { list, focusNext } = useFocus();
  const remove = (place: number) => {
    focusNext(
      rows.length > 1 ? `[data-row="${Math.min(place, rows.length - 2)}"] > .row-acts [data-act="remove"]` : "",
    );
    onChange(rows.filter((_, other) => other !== place));
  };
  const move = (from: number, to: number) => {
    if (to < 0 || rows.length <= to) return;
    focusNext(`[data-row="${to}"] > .row-acts [data-act="${to < from ? "up" : "down"}"]`);
    onChange(moved(rows, from, to));
  };
  const addAt = (place: number) => {
    if (rows.length >= max) return;
    focusNext(`[data-row="${place}"] input`);
    onChange([...rows.slice(0, place), fresh(), ...rows.slice(place)]);
  };
  return (
    <Stack gap="xs" ref={list}>
      {rows.map((_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
        <Box key={place} data-row={place} className="row-of-list">
          <Box flex={1} miw={0}>
            {row(place, () => addAt(place + 1))}
            {problemOf?.(place) && <RowProblem text={problemOf(place)} />}
          </Box>
          <Acts
            place={place}
            last={rows.length - 1}
            top={headed && place === 0 ? HEAD_PX : 1}
            labels={labels}
            move={move}
            remove={remove}
          />
        </Box>
      ))}
      {problem && <RowProblem text={problem} />}
      {rows.length < max && (
        <Button
          size="compact-sm"
          variant="light"
          w="fit-content"
          leftSection={<IconPlus size={14} />}
          onClick={() => addAt(rows.length)}
        >
          {labels.add}
        </Button>
      )}
    </Stack>
  );
}

function RowProblem({ text }: { text: string | undefined }) {
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {text}
    </Text>
  );
}

type ActsProps = {
  place: number;
  last: number;
  top: number;
  labels: Labels;
  move: (from: number, to: number) => void;
  remove: (place: number) => void;
};

function Acts({ place, last, top, labels: { up, down, remove: removing }, move, remove }: ActsProps) {
  const number = place + 1;
  return (
    <Group gap={0} wrap="nowrap" mt={top} className="row-acts">
      {up && (
        <Act name="up" label={up(number)} isOff={place === 0} act={() => move(place, place - 1)}>
          <IconArrowUp size={16} />
        </Act>
      )}
      {down && (
        <Act name="down" label={down(number)} isOff={place === last} act={() => move(place, place + 1)}>
          <IconArrowDown size={16} />
        </Act>
      )}
      <Act name="remove" label={removing(number)} act={() => remove(place)}>
        <IconX size={16} />
      </Act>
    </Group>
  );
}

/** Focuses what a selector among the rows of this very list means, once the changed list is drawn; else its last button. */
function useFocus() {
  const list = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null || list.current === null) return;
    const found = wanted.current === "" ? null : list.current.querySelector<HTMLElement>(`:scope > ${wanted.current}`);
    (found ?? list.current.querySelector<HTMLElement>(":scope > button"))?.focus();
    wanted.current = null;
  });
  return {
    list,
    focusNext: (selector: string) => {
      wanted.current = selector;
    },
  };
}
