// How many customers a condition matches while it is being written, with a few of them.
import { Alert, Box, Group, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { Condition, SegmentPreview } from "@/api/types";
import { isComplete } from "@/conditions/model";
import { customerName } from "@/customers/name";
import { useErrorText } from "@/parts/failure";
import { Card } from "@/parts/page";
import { previewQuery } from "./queries";

const DEBOUNCE_MS = 350;

export type LivePreview = {
  preview: SegmentPreview | undefined;
  isCounting: boolean;
  isComplete: boolean;
  error: unknown;
};

export function useLivePreview(condition: Condition | null): LivePreview {
  const [settled] = useDebouncedValue(condition, DEBOUNCE_MS);
  const complete = settled !== null && isComplete(settled);
  const { data, isFetching, error } = useQuery({
    ...previewQuery(complete ? settled : null),
    placeholderData: keepPreviousData,
  });
  const isWaiting = JSON.stringify(settled) !== JSON.stringify(condition);
  return { preview: data, isCounting: isFetching || isWaiting, isComplete: complete, error };
}

export function PreviewCard({ live }: { live: LivePreview }) {
  const t = useTranslations("segments");
  const textOf = useErrorText();
  return (
    <Card title={t("preview")}>
      {live.error !== null && live.isComplete && (
        <Alert color="red" role="alert" mb="sm">
          {textOf(live.error)}
        </Alert>
      )}
      {!live.isComplete && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("previewIncomplete")}
        </Text>
      )}
      <PreviewCount live={live} />
      <Sample sample={live.preview?.sample} />
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
      {live.isCounting && <Loader size={14} aria-label={t("countingNow")} />}
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
