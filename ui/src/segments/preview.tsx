// How many customers a condition matches while it is being written: part by part, against other segments, and a few of them.
import { Box, Divider, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { SegmentPreview } from "@/api/types";
import type { LivePreview } from "@/conditions/live";
import { LiveCount } from "@/conditions/live-count";
import { Waterfall } from "@/conditions/waterfall";
import { customerName } from "@/customers/name";
import { Card } from "@/parts/page";
import { Overlaps } from "./overlaps";

export function PreviewCard({ live }: { live: LivePreview }) {
  const t = useTranslations("segments");
  return (
    <Card title={t("preview")}>
      <LiveCount live={live} />
      <Stack gap="md">
        {live.preview && <Waterfall condition={live.preview.condition} steps={live.preview.steps} />}
        <Sample sample={live.preview?.sample} />
        <Divider />
        <Overlaps preview={live.preview} chosen={live.overlapWith} choose={live.setOverlapWith} />
      </Stack>
    </Card>
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
