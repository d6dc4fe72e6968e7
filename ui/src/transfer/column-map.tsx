// Which column becomes what, beside the first values of each column.
import { Badge, Box, Group, Select, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Field, ImportKind } from "@/api/types";
import type { Peeked } from "./queries";
import { activityTargets, attributeTarget, customerTargets, EXTERNAL, memberTargets } from "./targets";

type Map = Record<string, string>;
type Props = { kind: ImportKind; peeked: Peeked; fields: Field[]; map: Map; onChange: (map: Map) => void };
type Choice = { value: string; label: string };

const SAMPLES = 3;
const LEAVE_OUT = "";

export function ColumnMap({ kind, peeked, fields, map, onChange }: Props) {
  const t = useTranslations("transfer");
  const used = Object.keys(map).length;
  const set = (column: string, target: string) => {
    const { [column]: _, ...rest } = map;
    onChange(target === LEAVE_OUT ? rest : { ...rest, [column]: target });
  };
  return (
    <Box>
      <Group gap="xs" mb="xs">
        <Text size="sm" fw={500}>
          {t("columns")}
        </Text>
        <Badge color="gray">{t("mapped", { used, all: peeked.columns.length })}</Badge>
      </Group>
      <Box className="card" style={{ overflowX: "auto" }}>
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">{t("column")}</th>
              <th scope="col">{t("becomes")}</th>
              <th scope="col">{t("samples")}</th>
            </tr>
          </thead>
          <tbody>
            {peeked.columns.map((column, index) => (
              <ColumnRow
                key={column}
                column={column}
                samples={peeked.rows.slice(0, SAMPLES).map((row) => row[index] ?? "")}
                target={map[column] ?? LEAVE_OUT}
                kind={kind}
                fields={fields}
                set={(target) => set(column, target)}
              />
            ))}
          </tbody>
        </table>
      </Box>
    </Box>
  );
}

type RowProps = {
  column: string;
  samples: string[];
  target: string;
  kind: ImportKind;
  fields: Field[];
  set: (target: string) => void;
};

function ColumnRow({ column, samples, target, kind, fields, set }: RowProps) {
  const t = useTranslations("transfer");
  // Of another system there is one choice; its name has an input of its own.
  const isNamed = kind === "members" && target.startsWith(EXTERNAL);
  const choices = useChoices(kind, fields, column, isNamed ? target : undefined);
  const isKnown = choices.some(({ items }) => items.some(({ value }) => value === target));
  const all = isKnown ? choices : [...choices, { group: t("groups.other"), items: [{ value: target, label: target }] }];
  return (
    <tr>
      <td>
        <Text size="sm" fw={550} span>
          {column}
        </Text>
      </td>
      <td>
        <Select
          size="xs"
          w={260}
          mt={isNamed ? 6 : 0}
          searchable
          aria-label={t("becomesOf", { column })}
          value={target}
          onChange={(value) => set(value ?? LEAVE_OUT)}
          allowDeselect={false}
          data={all}
        />
        {isNamed && (
          <TextInput
            size="xs"
            w={260}
            my={6}
            aria-label={t("members.systemOf", { column })}
            placeholder={t("members.system")}
            value={target.slice(EXTERNAL.length)}
            onChange={(event) => set(`${EXTERNAL}${event.currentTarget.value}`)}
          />
        )}
      </td>
      <td>
        <Text size="sm" c="dimmed" span className="figures">
          {samples.filter(Boolean).join("  ·  ") || "–"}
        </Text>
      </td>
    </tr>
  );
}

type Choices = { group: string; items: Choice[] }[];

function useChoices(kind: ImportKind, fields: Field[], column: string, external?: string): Choices {
  const t = useTranslations("transfer");
  const nothing = { group: t("groups.none"), items: [{ value: LEAVE_OUT, label: t("leaveOut") }] };
  const name = column.trim().replaceAll(/[.:\s]+/g, "_") || "value";
  if (kind === "customers") {
    return [
      nothing,
      { group: t("groups.customer"), items: customerTargets.map((value) => ({ value, label: t(`targets.${value}`) })) },
      {
        group: t("groups.fields"),
        items: fields.map((field) => ({ value: `fields.${field.name}`, label: field.label || field.name })),
      },
      { group: t("groups.external"), items: [{ value: `external:${name}`, label: t("externalId", { name }) }] },
    ];
  }
  if (kind === "members") {
    const labelled = (value: (typeof memberTargets)[number]) => ({ value, label: t(`members.targets.${value}`) });
    const isSaid = (value: string) => value === "since" || value === "counter";
    const other = { value: external ?? `${EXTERNAL}${name}`, label: t("members.external") };
    return [
      nothing,
      {
        group: t("members.naming"),
        items: [...memberTargets.filter((value) => !isSaid(value)).map(labelled), other],
      },
      { group: t("members.saying"), items: memberTargets.filter(isSaid).map(labelled) },
    ];
  }
  const labels: Record<(typeof activityTargets)[number], string> = {
    "customer.email": t("targets.customerEmail"),
    "customer.phone": t("targets.customerPhone"),
    "customer.id": t("targets.customerId"),
    "customer.token": t("targets.customerToken"),
    type: t("targets.type"),
    occurredAt: t("targets.occurredAt"),
    externalId: t("targets.externalId"),
  };
  const attributeKinds = ["text", "number", "boolean", "datetime", "json"] as const;
  return [
    nothing,
    { group: t("groups.activity"), items: activityTargets.map((value) => ({ value, label: labels[value] })) },
    {
      group: t("groups.external"),
      items: [{ value: `customer.external:${name}`, label: t("customerExternalId", { name }) }],
    },
    {
      group: t("groups.attributes"),
      items: attributeKinds.map((type) => ({
        value: attributeTarget(name, type),
        label: t("attributeAs", { name, type: t(`attributeKinds.${type}`) }),
      })),
    },
  ];
}
