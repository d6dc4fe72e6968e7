// Two customers side by side: what each says in every field, where they differ, and what that says of them.
import { Anchor, Badge, Group, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Customer, DuplicatePair } from "@/api/types";
import { customerName } from "@/customers/name";
import { Differing } from "@/parts/differing";
import { Day, When } from "@/parts/when";
import { Bits } from "./bits";
import { difference } from "./difference";
import { type ComparedRow, comparedRows, externalRows } from "./rows";
import { Score, useShare } from "./score";
import { useJudgedField } from "./words";
import "./review.css";

/** From this probability on a household is worth telling of. */
const HOUSEHOLD_FROM = 0.05;

type Props = { pair: DuplicatePair; actions?: ReactNode };

export function PairView({ pair, actions }: Props) {
  const t = useTranslations("duplicates");
  const [one, other] = pair.customers;
  if (!one || !other) return null;
  return (
    <div>
      <Group justify="space-between" px="md" py="sm" gap="xs">
        <Verdict pair={pair} />
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      <Table.ScrollContainer minWidth={500}>
        <Table className="compared" aria-label={t("compared")} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="19%">{t("field")}</Table.Th>
              <Head customer={one} />
              <Head customer={other} />
              <Table.Th w="23%">{t("says")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {comparedRows([one, other], pair.reasons).map((row) => (
              <Row key={row.field} row={row} />
            ))}
            {externalRows([one, other]).map(({ system, values }) => (
              <Table.Tr key={system}>
                <Table.Th scope="row">{t("idIn", { system })}</Table.Th>
                <Table.Td>{values[0] || "–"}</Table.Td>
                <Table.Td>{values[1] || "–"}</Table.Td>
                <Table.Td />
              </Table.Tr>
            ))}
            <SinceRow one={one} other={other} />
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

function Verdict({ pair }: { pair: DuplicatePair }) {
  const t = useTranslations("duplicates");
  const shareOf = useShare();
  return (
    <Group gap="xs">
      <Score pair={pair} />
      {pair.probability > 0 && pair.rules.length > 0 && <Badge color="blue">{pair.rules.join(", ")}</Badge>}
      {pair.household >= HOUSEHOLD_FROM && (
        <Badge color="orange">{t("household", { share: shareOf(pair.household) })}</Badge>
      )}
      {pair.state === "declined" && <Badge color="gray">{t("declinedBy", { name: pair.changedBy ?? "–" })}</Badge>}
      <Text size="xs" c="dimmed">
        {t("found")} <When at={pair.foundAt} />
      </Text>
    </Group>
  );
}

function Head({ customer }: { customer: Customer }) {
  return (
    <Table.Th>
      <Anchor component={Link} to={`/customers/${customer.id}`} size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {customerName(customer)}
      </Anchor>{" "}
      <Text span size="xs" c="dimmed">
        #{customer.id}
      </Text>
    </Table.Th>
  );
}

function Row({ row: { field, values, reason } }: { row: ComparedRow }) {
  const fieldOf = useJudgedField();
  return (
    <Table.Tr>
      <Table.Th scope="row">{fieldOf(field)}</Table.Th>
      {isDay(field, values) ? <Days days={values} /> : <Texts values={values} />}
      <Table.Td>{reason && <Bits reason={reason} />}</Table.Td>
    </Table.Tr>
  );
}

/** Two days that are the same read better as days; where they differ, the digits tell more. */
function isDay(field: string, [one, other]: [string, string]): boolean {
  return field === "birthDate" && (one === other || one === "" || other === "");
}

function Days({ days }: { days: [string, string] }) {
  return days.map((day, side) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: there are always the two sides
    <Table.Td key={side}>
      <Day day={day || null} />
    </Table.Td>
  ));
}

/** Beside nothing there is no difference worth marking. */
function Texts({ values: [one, other] }: { values: [string, string] }) {
  const isOneSided = one === "" || other === "";
  const both = isOneSided ? [one, other].map((text) => [{ text, differs: false }]) : difference(one, other);
  return both.map((pieces, side) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: there are always the two sides
    <Table.Td key={side}>{(side === 0 ? one : other) === "" ? "–" : <Differing pieces={pieces} />}</Table.Td>
  ));
}

function SinceRow({ one, other }: { one: Customer; other: Customer }) {
  const t = useTranslations("duplicates");
  return (
    <Table.Tr>
      <Table.Th scope="row">{t("since")}</Table.Th>
      {[one, other].map(({ id, createdAt }) => (
        <Table.Td key={id}>
          <When at={createdAt} exact="day" />
        </Table.Td>
      ))}
      <Table.Td />
    </Table.Tr>
  );
}
