// Everything that narrows the customer list down, and how its rows look.
import {
  ActionIcon,
  Box,
  Checkbox,
  Group,
  MultiSelect,
  Popover,
  ScrollArea,
  SegmentedControl,
  Select,
  Stack,
  Tooltip,
} from "@mantine/core";
import { IconBaselineDensityMedium, IconBaselineDensitySmall, IconColumns3 } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Catalogue, Field } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { type CustomersSearch, segmentModes } from "@/searches";
import { builtInColumns, type useListChoices } from "./columns";
import { ConditionChips } from "./condition-chips";
import { SearchBox } from "./search-box";
import type { SearchText } from "./search-text";

type CatalogueSegment = Catalogue["segments"][number];
type Change = (part: CustomersSearch) => void;
type Choices = ReturnType<typeof useListChoices>;
type Props = { search: CustomersSearch; text: SearchText; change: Change; choices: Choices; fields: Field[] };

export function FilterBar({ search, text, change, choices, fields }: Props) {
  return (
    <Box p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
      <Group gap="xs">
        <SearchBox q={search.q ?? ""} isWrong={Boolean(text.error)} isExplained={text.isCondition} change={change} />
        <ActiveSelect active={search.active} change={change} />
        <SegmentSelect search={search} change={change} />
        <ConditionChips filter={search.filter} change={(filter) => change({ filter })} />
        <Group gap={4} ml="auto">
          <DensityButton choices={choices} />
          <ColumnChoice choices={choices} fields={fields} />
        </Group>
      </Group>
    </Box>
  );
}

function ActiveSelect({ active, change }: { active: boolean | undefined; change: Change }) {
  const t = useTranslations("customers");
  return (
    <Select
      w={150}
      size="sm"
      aria-label={t("activeFilter")}
      value={active === undefined ? "all" : String(active)}
      onChange={(value) => change({ active: value === "all" ? undefined : value === "true" })}
      allowDeselect={false}
      data={[
        { value: "all", label: t("activeAll") },
        { value: "true", label: t("activeOnly") },
        { value: "false", label: t("inactiveOnly") },
      ]}
    />
  );
}

function SegmentSelect({ search, change }: { search: CustomersSearch; change: Change }) {
  const t = useTranslations("customers");
  const { segments } = useCatalogue();
  const chosen = (search.segments ?? []).map(String);
  const choose = (ids: string[]) => change({ segments: ids.length > 0 ? ids.map(Number) : undefined });
  return (
    <Group gap={4}>
      <MultiSelect
        w={{ base: "100%", sm: chosen.length > 0 ? 300 : 190 }}
        styles={{ inputField: { minWidth: chosen.length > 0 ? 30 : undefined } }}
        size="sm"
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("clearSegments") }}
        aria-label={t("segmentFilter")}
        placeholder={chosen.length === 0 ? t("segmentFilter") : undefined}
        value={chosen}
        onChange={choose}
        data={grouped(segments)}
      />
      {chosen.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t("segmentMode")}
          value={search.mode ?? "all"}
          onChange={(value) => change({ mode: segmentModes.find((mode) => mode === value && mode !== "all") })}
          data={segmentModes.map((value) => ({ value, label: t(`segmentModes.${value}`) }))}
        />
      )}
    </Group>
  );
}

/** Segments below the names of their groups. */
function grouped(segments: CatalogueSegment[]) {
  const groups = [...new Set(segments.map(({ groupName }) => groupName))];
  return groups.map((group) => ({
    group,
    items: segments
      .filter(({ groupName }) => groupName === group)
      .map(({ id, name }) => ({ value: String(id), label: name })),
  }));
}

function DensityButton({ choices: { density, setDensity } }: { choices: Choices }) {
  const t = useTranslations("customers");
  const isCompact = density === "compact";
  const label = t(isCompact ? "comfortable" : "compact");
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label={label}
        onClick={() => setDensity(isCompact ? "comfortable" : "compact")}
      >
        {isCompact ? <IconBaselineDensityMedium size={17} /> : <IconBaselineDensitySmall size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}

function ColumnChoice({ choices: { chosen, setChosen }, fields }: { choices: Choices; fields: Field[] }) {
  const t = useTranslations("customers");
  const all = [
    ...builtInColumns
      .filter((key) => key !== "name")
      .map((key) => ({ key: key as string, label: t(`columns.${key}`) })),
    ...fields.map((field) => ({ key: `field:${field.name}`, label: field.label || field.name })),
  ];
  const toggle = (key: string) =>
    setChosen(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]);
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={t("chooseColumns")}>
          <ActionIcon size="lg" variant="default" aria-label={t("chooseColumns")}>
            <IconColumns3 size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <ScrollArea.Autosize mah={420} p="sm">
          <Stack gap={8} role="group" aria-label={t("chooseColumns")}>
            {all.map(({ key, label }) => (
              <Checkbox key={key} size="sm" label={label} checked={chosen.includes(key)} onChange={() => toggle(key)} />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
