// The fields of two customers: both values to pick from, and what comes of it. The arrows move between them, and pick.
import { Badge, Button, Group, Table, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { FieldKind, MergedField, MergeSide } from "@/api/types";
import { CompanyLink } from "@/companies/link";
import { FieldValue } from "@/customers/field-value";
import { fieldsQuery } from "@/customers/queries";
import { difference } from "@/duplicates/difference";
import { Differing } from "@/parts/differing";
import { useMay } from "@/shell/session";
import { usePlanField } from "./field-name";
import { sideOf, sorted } from "./picks";
import type { Picks } from "./queries";
import "@/duplicates/review.css";

type Props = {
  fields: MergedField[];
  names: { survivor: string; other: string };
  picks: Picks;
  pick: (field: string, side: MergeSide | null) => void;
};

const sides: MergeSide[] = ["survivor", "other"];

export function FieldsTable({ fields, names, picks, pick }: Props) {
  const t = useTranslations("merging");
  const [isAll, setAll] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  const { differing, same } = sorted(fields);
  const shown = isAll ? [...differing, ...same] : differing;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = table.current && neighbour(table.current, event.target, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") next.click();
  };
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table ref={table} className="compared" layout="fixed" aria-label={t("fieldsTable")} onKeyDown={onKeyDown}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="18%">{t("field")}</Table.Th>
              <Table.Th>{t("stays", { name: names.survivor })}</Table.Th>
              <Table.Th>{t("goes", { name: names.other })}</Table.Th>
              <Table.Th w="26%">{t("outcome")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((field) => (
              <Row key={field.name} field={field} isPicked={field.name in picks} pick={pick} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {same.length > 0 && (
        <Button size="compact-sm" variant="subtle" mx="md" mb="sm" onClick={() => setAll(!isAll)} aria-expanded={isAll}>
          {t(isAll ? "hideSame" : "showSame", { count: same.length })}
        </Button>
      )}
    </>
  );
}

/** The value an arrow leads to; nothing at the edge, and for other keys. */
function neighbour(table: HTMLElement, from: EventTarget, key: string): HTMLElement | null {
  const moves: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  const move = moves[key];
  if (!move || !(from instanceof HTMLElement) || from.dataset.side === undefined) return null;
  const values = [...table.querySelectorAll<HTMLElement>("[data-side]")];
  const place = values.indexOf(from);
  const column = place % sides.length;
  if (column + move[1] < 0 || sides.length <= column + move[1]) return null;
  return values[place + move[0] * sides.length + move[1]] ?? null;
}

type RowProps = { field: MergedField; isPicked: boolean; pick: Props["pick"] };

function Row({ field, isPicked, pick }: RowProps) {
  const t = useTranslations("merging");
  const fieldOf = usePlanField();
  const label = fieldOf(field.name);
  const chosen = sideOf(field);
  return (
    <Table.Tr>
      <Table.Th scope="row">{label}</Table.Th>
      {sides.map((side) => (
        <Table.Td key={side}>
          <UnstyledButton
            className="pick"
            data-side={side}
            aria-pressed={chosen === side}
            onClick={() => pick(field.name, side)}
          >
            <span className="visually-hidden">
              {label}, {t(side === "survivor" ? "pickSurvivor" : "pickOther")}:{" "}
            </span>
            <Compared field={field} side={side} />
          </UnstyledButton>
        </Table.Td>
      ))}
      <Table.Td>
        <Group gap={6} justify="space-between" mih={32} wrap="nowrap">
          <span>
            <Value name={field.name} value={field.value} />
          </span>
          {isPicked ? (
            <Button size="compact-xs" variant="subtle" miw="max-content" onClick={() => pick(field.name, null)}>
              {t("byRule")}
            </Button>
          ) : (
            <Badge color="gray" miw="max-content">
              {t(`origins.${field.from}`)}
            </Badge>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Compared({ field: { name, survivor, other }, side }: { field: MergedField; side: MergeSide }) {
  const value = side === "survivor" ? survivor : other;
  if (typeof survivor === "string" && typeof other === "string" && survivor && other) {
    const [own, their] = difference(survivor, other);
    return <Differing pieces={side === "survivor" ? own : their} />;
  }
  return <Value name={name} value={value} />;
}

const CUSTOM = "fields.";

function Value({ name, value }: { name: string; value: unknown }) {
  const may = useMay();
  const { data: fields = [] } = useQuery({ ...fieldsQuery, enabled: may("settings:read") });
  if (name === "companyId" && typeof value === "number") return <CompanyLink id={value} />;
  const custom = name.startsWith(CUSTOM) ? fields.find((field) => field.name === name.slice(CUSTOM.length)) : undefined;
  const kind: FieldKind = custom?.kind ?? (name === "birthDate" ? "date" : "text");
  if (value === null || value === undefined || value === "") {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  return <FieldValue kind={kind} options={custom?.options ?? []} value={value} />;
}
