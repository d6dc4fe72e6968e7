// How many of those a condition matches are in other segments too.
import { Box, Group, MultiSelect, Progress, Stack, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { SegmentPreview } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { overlap } from "./figures";

/** As many as the server holds against a condition at a time. */
const OVERLAPS_MAX = 10;

type Props = { preview: SegmentPreview | undefined; chosen: number[]; choose: (segments: number[]) => void };

export function Overlaps({ preview, chosen, choose }: Props) {
  const t = useTranslations("segments.overlap");
  const { segments } = useCatalogue();
  const nameOf = (segment: number) => segments.find(({ id }) => id === segment)?.name ?? `#${segment}`;
  // Of one just taken away the last answer still tells.
  const shown = preview?.overlaps.filter(({ segment }) => chosen.includes(segment)) ?? [];
  return (
    <Stack gap="sm">
      <MultiSelect
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("clear") }}
        label={t("with")}
        placeholder={chosen.length === 0 ? t("choose") : undefined}
        maxValues={OVERLAPS_MAX}
        value={chosen.map(String)}
        onChange={(ids) => choose(ids.map(Number))}
        data={segments.map(({ id, name }) => ({ value: String(id), label: name }))}
      />
      {preview &&
        shown.map((other) => (
          <OverlapRow key={other.segment} count={preview.count} other={other} name={nameOf(other.segment)} />
        ))}
    </Stack>
  );
}

type RowProps = { count: number; other: SegmentPreview["overlaps"][number]; name: string };

function OverlapRow({ count, other, name }: RowProps) {
  const t = useTranslations("segments.overlap");
  const format = useFormatter();
  const { onlyHere, both, onlyThere, ofHere, ofThere } = overlap(count, other);
  const all = Math.max(1, onlyHere + both + onlyThere);
  const widthOf = (part: number) => (100 * part) / all;
  const percent = (share: number) => format.number(share, { style: "percent", maximumFractionDigits: 1 });
  return (
    <Box>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={550} truncate>
          {name}
        </Text>
        <Text size="sm" className="figures" style={{ whiteSpace: "nowrap" }}>
          {t("both", { count: both })}
        </Text>
      </Group>
      <Progress.Root size={8} my={4} aria-hidden>
        <Progress.Section withAria={false} value={widthOf(onlyHere)} color="pine.3" />
        <Progress.Section withAria={false} value={widthOf(both)} color="pine.7" />
        <Progress.Section withAria={false} value={widthOf(onlyThere)} color="gray.4" />
      </Progress.Root>
      <Text size="xs" c="dimmed" className="figures">
        {t("shares", { here: percent(ofHere), there: percent(ofThere) })}
      </Text>
      <Text size="xs" c="dimmed" className="figures">
        {t("rest", { here: onlyHere, there: onlyThere })}
      </Text>
    </Box>
  );
}
