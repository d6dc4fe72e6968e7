// How many customers a condition matches while it is being written: part by part, against other segments, and a few of them.
import { Alert, Box, Divider, Group, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Condition, SegmentPreview } from "@/api/types";
import { isComplete } from "@/conditions/model";
import { customerName } from "@/customers/name";
import { useErrorText } from "@/parts/failure";
import { Card } from "@/parts/page";
import { Overlaps } from "./overlaps";
import { type PreviewOf, previewQuery } from "./queries";
import { Waterfall } from "./waterfall";

const DEBOUNCE_MS = 350;

export type LivePreview = {
  preview: PreviewOf | undefined;
  /** What was asked: the condition as it stands, once it is complete and the reader pauses. */
  asked: Condition | null;
  isCounting: boolean;
  error: unknown;
  overlapWith: number[];
  setOverlapWith: (segments: number[]) => void;
};

export function useLivePreview(condition: Condition | null): LivePreview {
  const [overlapWith, setOverlapWith] = useState<number[]>([]);
  const [settled] = useDebouncedValue(condition, DEBOUNCE_MS);
  const asked = settled !== null && isComplete(settled) ? settled : null;
  const { data, isFetching, error } = useQuery({
    ...previewQuery(asked, overlapWith),
    placeholderData: keepPreviousData,
  });
  const isWaiting = JSON.stringify(settled) !== JSON.stringify(condition);
  return { preview: data, asked, isCounting: isFetching || isWaiting, error, overlapWith, setOverlapWith };
}

export function PreviewCard({ live }: { live: LivePreview }) {
  const t = useTranslations("segments");
  const textOf = useErrorText();
  return (
    <Card title={t("preview")}>
      {live.error !== null && live.asked !== null && (
        <Alert color="red" role="alert" mb="sm">
          {textOf(live.error)}
        </Alert>
      )}
      {live.asked === null && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("previewIncomplete")}
        </Text>
      )}
      <PreviewCount live={live} />
      <Stack gap="md">
        {live.preview && <Waterfall condition={live.preview.condition} steps={live.preview.steps} />}
        <Sample sample={live.preview?.sample} />
        <Divider />
        <Overlaps preview={live.preview} chosen={live.overlapWith} choose={live.setOverlapWith} />
      </Stack>
    </Card>
  );
}

function PreviewCount({ live }: { live: LivePreview }) {
  const t = useTranslations("segments");
  const format = useFormatter();
  return (
    <Group gap="xs" align="baseline" aria-live="polite" mb="sm">
      {live.preview ? (
        <Text
          fz={32}
          fw={650}
          lh={1.1}
          className="figures"
          opacity={live.isCounting ? 0.55 : 1}
          data-testid="live-count"
        >
          {format.number(live.preview.count)}
        </Text>
      ) : (
        <Skeleton height={34} width={90} animate={live.isCounting} />
      )}
      <Text size="sm" c="dimmed">
        {t("match", { count: live.preview?.count ?? 0 })}
      </Text>
      {live.isCounting && <Loader size={14} role="img" aria-label={t("countingNow")} />}
    </Group>
  );
}

function Sample({ sample }: { sample: SegmentPreview["sample"] | undefined }) {
  const t = useTranslations("segments");
  if (!sample || sample.length === 0) return null;
  return (
    <Stack gap={6}>
      <Text size="xs" fw={600} c="dimmed">
        {t("sample")}
      </Text>
      {sample.map((customer) => (
        <Box key={customer.id} pos="relative">
          <Link to="/customers/$id" params={{ id: String(customer.id) }} search={{}} className="row-link">
            <Text span size="sm">
              {customerName(customer)}
            </Text>
          </Link>
          <Text size="xs" c="dimmed" truncate>
            {customer.email ?? " "}
          </Text>
        </Box>
      ))}
    </Stack>
  );
}
