// The columns a customer list can show.
import { Badge, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Customer, Field } from "@/api/types";
import type { Column } from "@/parts/rows";
import { Day, When } from "@/parts/when";
import type { ViewColumn } from "@/searches";
import { areUsual } from "@/views/look";
import { FieldValue } from "./field-value";
import { customerName } from "./name";

const SEGMENTS_SHOWN = 2;
/** The name is the link to the customer, so it cannot be taken away. */
export const fixedColumn = "name";
const builtInColumns = [
  "name",
  "email",
  "id",
  "salutation",
  "gender",
  "firstname",
  "lastname",
  "street",
  "zip",
  "city",
  "countryCode",
  "phone",
  "language",
  "timeZone",
  "birthDate",
  "active",
  "published",
  "segments",
  "createdAt",
  "updatedAt",
] as const;
/** What a small screen has no room for, as long as the columns are the usual ones. */
const dispensable = new Set(["city", "countryCode"]);
type BuiltIn = (typeof builtInColumns)[number];
const sortable: Partial<Record<BuiltIn, string>> = {
  name: "lastname",
  email: "email",
  id: "id",
  firstname: "firstname",
  lastname: "lastname",
  zip: "zip",
  city: "city",
  createdAt: "createdAt",
  updatedAt: "updatedAt",
};

/** All columns there are, with the custom fields. */
export function useAllColumns(fields: Field[]): Column<Customer>[] {
  const t = useTranslations("customers");
  const builtIn = builtInColumns.map((key) => ({
    key,
    label: t(`columns.${key}`),
    sort: sortable[key],
    cell: (customer: Customer) => <BuiltInCell column={key} customer={customer} />,
  }));
  const custom = fields.map((field) => ({
    key: `fields.${field.name}`,
    label: field.label || field.name,
    cell: (customer: Customer) => (
      <FieldValue kind={field.kind} options={field.options} value={customer.fields[field.name]} />
    ),
  }));
  return [...builtIn, ...custom];
}

/** The name is there in any case. */
export function withName(chosen: ViewColumn[]): ViewColumn[] {
  return chosen.some(({ name }) => name === fixedColumn) ? chosen : [{ name: fixedColumn }, ...chosen];
}

/** Those that were chosen, in their order; what is gone is left out. */
export function shownColumns(all: Column<Customer>[], chosen: ViewColumn[]): Column<Customer>[] {
  const areTheUsual = areUsual(chosen);
  return withName(chosen).flatMap(({ name, width }) => {
    const column = all.find(({ key }) => key === name);
    const roomyOnly = areTheUsual && dispensable.has(name);
    return column ? [{ ...column, width: width ?? undefined, roomyOnly }] : [];
  });
}

function BuiltInCell({ column, customer }: { column: BuiltIn; customer: Customer }) {
  if (column === "name") return <NameCell customer={customer} />;
  if (column === "segments") return <SegmentsCell customer={customer} />;
  if (column === "active" || column === "published")
    return <FieldValue kind="boolean" options={[]} value={customer[column]} />;
  if (column === "createdAt" || column === "updatedAt") return <When at={customer[column]} />;
  if (column === "birthDate") return <Day day={customer.birthDate} />;
  const value = customer[column];
  return value === null || value === undefined || value === "" ? <Nothing /> : <span className="figures">{value}</span>;
}

function NameCell({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  return (
    <Group gap={8} wrap="nowrap">
      <Link to="/customers/$id" params={{ id: String(customer.id) }} search={{}} className="row-link">
        {customerName(customer)}
      </Link>
      {!customer.active && <Badge color="gray">{t("inactive")}</Badge>}
    </Group>
  );
}

function SegmentsCell({ customer }: { customer: Customer }) {
  const segments = customer.segments ?? [];
  if (segments.length === 0) return <Nothing />;
  const more = segments.length - SEGMENTS_SHOWN;
  return (
    <Group gap={4} wrap="nowrap">
      {segments.slice(0, SEGMENTS_SHOWN).map((segment) => (
        <Badge key={segment.id} style={{ flexShrink: 0 }}>
          {segment.name}
        </Badge>
      ))}
      {more > 0 && (
        <Text size="xs" c="dimmed" title={segments.map(({ name }) => name).join(", ")}>
          +{more}
        </Text>
      )}
    </Group>
  );
}

function Nothing() {
  return (
    <Text span c="dimmed" inherit>
      –
    </Text>
  );
}
