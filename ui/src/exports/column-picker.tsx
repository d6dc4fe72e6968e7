// Which columns a file has: fields of customers, custom fields, and membership as one column per group or segment.
import { Button, Checkbox, Fieldset, Group, MultiSelect, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useCatalogue } from "@/conditions/catalogue";
import { fieldsQuery } from "@/customers/queries";
import { groupsQuery } from "@/segments/queries";
import { useMay } from "@/shell/session";
import { builtIn } from "./order";

type Props = { chosen: string[]; choose: (columns: string[]) => void };

export function ColumnPicker({ chosen, choose }: Props) {
  const t = useTranslations("exports");
  const { data: fields = [] } = useQuery(fieldsQuery);
  const all = [
    ...builtIn.map((name) => ({ name: name as string, label: t(`columns.${name}`) })),
    ...fields.map((field) => ({ name: `fields.${field.name}`, label: field.label || field.name })),
  ];
  const toggle = (name: string) =>
    choose(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  const ofMembership = chosen.filter((name) => name.startsWith("group:") || name.startsWith("segment:"));
  return (
    <Fieldset legend={t("columnsTitle", { count: chosen.length })}>
      <Stack gap="sm">
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => choose([...all.map(({ name }) => name), ...ofMembership])}
          >
            {t("allColumns")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => choose([])}>
            {t("noColumns")}
          </Button>
        </Group>
        <SimpleGrid cols={2} spacing={8} verticalSpacing={8}>
          {all.map(({ name, label }) => (
            <Checkbox
              key={name}
              size="sm"
              label={label}
              checked={chosen.includes(name)}
              onChange={() => toggle(name)}
            />
          ))}
        </SimpleGrid>
        <MembershipColumns chosen={chosen} choose={choose} />
      </Stack>
    </Fieldset>
  );
}

/** The columns of groups and segments, in the order in which they are chosen, after all others. */
function MembershipColumns({ chosen, choose }: Props) {
  const t = useTranslations("exports");
  const { segments } = useCatalogue();
  const may = useMay();
  const { data: groups = [] } = useQuery({ ...groupsQuery, enabled: may("segments:read") });
  const chooseOf = (kind: "group:" | "segment:", names: string[]) =>
    choose([...chosen.filter((name) => !name.startsWith(kind)), ...names]);
  const chosenOf = (kind: "group:" | "segment:") => chosen.filter((name) => name.startsWith(kind));
  if (segments.length === 0) return null;
  return (
    <>
      <MultiSelect
        searchable
        label={t("groupColumns")}
        description={t("groupColumnsHint")}
        value={chosenOf("group:")}
        onChange={(names) => chooseOf("group:", names)}
        data={groups.map(({ id, name }) => ({ value: `group:${id}`, label: name }))}
      />
      <MultiSelect
        searchable
        label={t("segmentColumns")}
        description={t("segmentColumnsHint")}
        value={chosenOf("segment:")}
        onChange={(names) => chooseOf("segment:", names)}
        data={[...new Set(segments.map(({ groupName }) => groupName))].map((group) => ({
          group,
          items: segments
            .filter(({ groupName }) => groupName === group)
            .map(({ id, name }) => ({ value: `segment:${id}`, label: name })),
        }))}
      />
    </>
  );
}
