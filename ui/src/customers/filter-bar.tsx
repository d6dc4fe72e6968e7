// Everything that narrows the customer list down, and how its rows look.
import { ActionIcon, Box, Group, MultiSelect, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { IconBaselineDensityMedium, IconBaselineDensitySmall } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Catalogue } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { type Density, segmentModes } from "@/searches";
import { useMay } from "@/shell/session";
import { type Choosable, ColumnPanel } from "@/views/column-panel";
import { defaultColumns, type Look } from "@/views/look";
import { fixedColumn } from "./columns";
import { ConditionChips } from "./condition-chips";
import { SearchBox } from "./search-box";
import type { SearchText } from "./search-text";

type CatalogueSegment = Catalogue["segments"][number];
type Change = (part: Partial<Look>) => void;
type Props = { look: Look; text: SearchText; change: Change; columns: Choosable[] };

export function FilterBar({ look, text, change, columns }: Props) {
  const may = useMay();
  return (
    <Box p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
      <Group gap="xs">
        <SearchBox q={look.q ?? ""} isWrong={Boolean(text.error)} isExplained={text.isCondition} change={change} />
        <ActiveSelect active={look.active} change={change} />
        {may("segments:read") && (
          <>
            <SegmentSelect look={look} change={change} />
            <ConditionChips filter={look.filter} change={(filter) => change({ filter })} />
          </>
        )}
        <Group gap={4} ml="auto">
          <DensityButton density={look.density} change={change} />
          <ColumnPanel
            all={columns}
            fixed={fixedColumn}
            chosen={look.columns}
            onChange={(chosen) => change({ columns: chosen })}
            usual={defaultColumns}
          />
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

function SegmentSelect({ look, change }: { look: Look; change: Change }) {
  const t = useTranslations("customers");
  const { segments } = useCatalogue();
  const chosen = (look.segments ?? []).map(String);
  const offered = segments.filter(({ id, showAsFilter }) => showAsFilter || look.segments?.includes(id));
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
        data={grouped(offered)}
      />
      {chosen.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label={t("segmentMode")}
          value={look.mode ?? "all"}
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

function DensityButton({ density, change }: { density: Density; change: Change }) {
  const t = useTranslations("customers");
  const isCompact = density === "compact";
  const label = t(isCompact ? "comfortable" : "compact");
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label={label}
        onClick={() => change({ density: isCompact ? "comfortable" : "compact" })}
      >
        {isCompact ? <IconBaselineDensityMedium size={17} /> : <IconBaselineDensitySmall size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}
