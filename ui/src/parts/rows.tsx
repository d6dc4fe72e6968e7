// A table over a cursor list: real table markup, skeletons of the same height while loading, and only the rows in sight for long lists.
import { Box, Button, Center, Group, Skeleton, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type Key, type ReactNode, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import type { CursorList } from "./cursor-list";
import { Failure } from "./failure";
import { ResizeHandle } from "./resize-handle";

export type Column<T> = {
  key: string;
  label: string;
  /** In the head in place of the label. */
  head?: ReactNode;
  cell: (row: T) => ReactNode;
  /** The name the server sorts by; absent when it cannot sort by this column. */
  sort?: string;
  end?: boolean;
  width?: number | string;
  className?: string;
  /** Left out on narrow screens, where there is room for what matters most only. */
  wideOnly?: boolean;
  /** Left out where a laptop has no room for it either. */
  roomyOnly?: boolean;
};

type Props<T> = {
  label: string;
  columns: Column<T>[];
  list: CursorList<T>;
  keyOf: (row: T) => Key;
  empty: ReactNode;
  sort?: string;
  onSort?: (sort: string) => void;
  compact?: boolean;
  wrapping?: boolean;
  /** Lets columns be made wider and narrower; without a width they are as the browser likes. */
  onResize?: (column: string, width: number | undefined) => void;
  /** Gives the table its own scroll area of this height and draws only the rows in sight. */
  height?: string;
};

const SKELETON_ROWS = 8;
const ROW_PX = 44;
const COMPACT_ROW_PX = 33;
const OVERSCAN = 12;

export function Rows<T>(props: Props<T>) {
  const { list, empty } = props;
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  if (!list.isLoading && list.items.length === 0) return empty;
  return (
    <>
      {props.height ? <LongRows {...props} height={props.height} /> : <ShortRows {...props} />}
      {list.error != null && <Failure error={list.error} retry={list.retry} />}
    </>
  );
}

function ShortRows<T>({ list, keyOf, ...table }: Props<T>) {
  return (
    <Box style={{ overflowX: "auto" }}>
      <TableFrame {...table} list={list}>
        {list.isLoading && <SkeletonRows columns={table.columns} />}
        {list.items.map((row) => (
          <Row key={keyOf(row)} row={row} columns={table.columns} isResizable={table.onResize !== undefined} />
        ))}
      </TableFrame>
      <LoadMore list={list} />
    </Box>
  );
}

function LongRows<T>({ list, keyOf, height, ...table }: Props<T> & { height: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = table.compact ? COMPACT_ROW_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: list.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows makes all measures stale
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isNearEnd = list.items.length > 0 && last >= list.items.length - OVERSCAN;
  const { hasMore, isFetching, loadMore } = list;
  useEffect(() => {
    if (isNearEnd && hasMore && !isFetching) loadMore();
  }, [isNearEnd, hasMore, isFetching, loadMore]);

  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
    <section ref={scroller} style={{ height, overflow: "auto" }} aria-label={table.label} tabIndex={0}>
      <TableFrame {...table} list={list}>
        {list.isLoading && <SkeletonRows columns={table.columns} />}
        <Gap height={above} columns={table.columns.length} />
        {shown.map((item) => {
          const row = list.items[item.index];
          return row === undefined ? null : (
            <Row key={keyOf(row)} row={row} columns={table.columns} isResizable={table.onResize !== undefined} />
          );
        })}
        <Gap height={below} columns={table.columns.length} />
      </TableFrame>
    </section>
  );
}

type FrameProps<T> = Omit<Props<T>, "keyOf" | "empty" | "height"> & { children: ReactNode };

function TableFrame<T>({ label, columns, list, sort, onSort, compact, wrapping, onResize, children }: FrameProps<T>) {
  const isResizable = onResize !== undefined;
  const isFixed = isResizable && columns.every(({ width }) => width !== undefined);
  const classes = [compact && "compact", wrapping && "wrapping", isResizable && "resizable", isFixed && "fixed"];
  return (
    <table
      className={["rows", ...classes].filter(Boolean).join(" ")}
      style={isResizable ? widthsOf(columns) : undefined}
      aria-label={label}
      aria-busy={list.isFetching}
      aria-rowcount={list.total ?? undefined}
    >
      <thead>
        <tr>
          {columns.map((column, place) => (
            <Head key={column.key} column={column} place={place} sort={sort} onSort={onSort} onResize={onResize} />
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The widths stand at the table, so that a column can be dragged without drawing its cells anew. */
function widthsOf<T>(columns: Column<T>[]): CSSProperties {
  const widths = columns.map(({ width }, place) => [property(place), width === undefined ? undefined : `${width}px`]);
  return Object.fromEntries(widths) as CSSProperties;
}

function property(place: number): string {
  return `--width-${place}`;
}

function own(place: number): CSSProperties {
  return { "--column": `var(${property(place)})` } as CSSProperties;
}

type HeadProps<T> = Pick<Props<T>, "sort" | "onSort" | "onResize"> & { column: Column<T>; place: number };

/** The classes of a column's cells. */
function classOf<T>({ end, wideOnly, roomyOnly, className }: Column<T>): string | undefined {
  const classes = [end && "end", wideOnly && "wide-only", roomyOnly && "roomy-only", className];
  return classes.filter(Boolean).join(" ") || undefined;
}

function Head<T>({ column, place, sort, onSort, onResize }: HeadProps<T>) {
  const className = classOf(column);
  const style = onResize ? own(place) : { width: column.width };
  const isNamed = onResize && !column.head;
  // Without the name of the handle, which would be read out with every cell.
  const name = isNamed ? column.label : undefined;
  const handle = isNamed && (
    <ResizeHandle
      label={column.label}
      width={typeof column.width === "number" ? column.width : undefined}
      property={property(place)}
      onResize={(width) => onResize(column.key, width)}
    />
  );
  if (!column.sort || !onSort) {
    return (
      <th scope="col" className={className} style={style} aria-label={name}>
        {column.head ?? column.label}
        {handle}
      </th>
    );
  }
  const isUp = sort === column.sort;
  const isDown = sort === `-${column.sort}`;
  const next = isUp ? `-${column.sort}` : column.sort;
  return (
    <th
      scope="col"
      className={className}
      style={style}
      aria-label={name}
      aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}
    >
      <UnstyledButton fz="inherit" fw="inherit" c="inherit" onClick={() => onSort(next)}>
        <Group gap={4} wrap="nowrap" component="span">
          {column.label}
          {isUp && <IconArrowUp size={14} aria-hidden />}
          {isDown && <IconArrowDown size={14} aria-hidden />}
        </Group>
      </UnstyledButton>
      {handle}
    </th>
  );
}

type RowProps<T> = { row: T; columns: Column<T>[]; isResizable: boolean };

function Row<T>({ row, columns, isResizable }: RowProps<T>) {
  return (
    <tr>
      {columns.map((column, place) => (
        <td
          key={column.key}
          className={column.end ? `${classOf(column)} figures` : classOf(column)}
          style={isResizable ? own(place) : undefined}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function Gap({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

function SkeletonRows<T>({ columns }: { columns: Column<T>[] }) {
  return Array.from({ length: SKELETON_ROWS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
    <tr key={row} aria-hidden>
      {columns.map((column, cell) => (
        <td key={column.key} className={classOf(column)}>
          <Skeleton height={12} width={`${45 + ((row * 7 + cell * 13) % 40)}%`} />
        </td>
      ))}
    </tr>
  ));
}

function LoadMore<T>({ list }: { list: CursorList<T> }) {
  const t = useTranslations("parts");
  if (!list.hasMore) return null;
  return (
    <Center p="sm">
      <Button variant="default" size="xs" loading={list.isFetching} onClick={list.loadMore}>
        {t("loadMore")}
      </Button>
    </Center>
  );
}
