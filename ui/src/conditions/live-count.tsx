// The number of customers a condition matches while it is being written, or why it cannot be counted.
import { Alert, Group, Loader, Skeleton, Text } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import { useErrorText } from "@/parts/failure";
import type { LivePreview } from "./live";

const LARGE_PX = 32;
const SMALL_PX = 20;

export function LiveCount({ live, isSmall = false }: { live: LivePreview; isSmall?: boolean }) {
  const t = useTranslations("conditions.live");
  const format = useFormatter();
  const textOf = useErrorText();
  const size = isSmall ? SMALL_PX : LARGE_PX;
  return (
    <>
      {live.error !== null && live.asked !== null && (
        <Alert color="red" role="alert" mb="sm">
          {textOf(live.error)}
        </Alert>
      )}
      {live.asked === null && (
        <Text size="sm" c="dimmed" mb={isSmall ? 0 : "sm"}>
          {t("incomplete")}
        </Text>
      )}
      <Group gap="xs" align="baseline" aria-live="polite" mb={isSmall ? 0 : "sm"}>
        {live.preview ? (
          <Text
            fz={size}
            fw={650}
            lh={1.1}
            className="figures"
            opacity={live.isCounting ? 0.55 : 1}
            data-testid="live-count"
          >
            {format.number(live.preview.count)}
          </Text>
        ) : (
          <Skeleton height={size} width={90} animate={live.isCounting} />
        )}
        <Text size="sm" c="dimmed">
          {t("match", { count: live.preview?.count ?? 0 })}
        </Text>
        {live.isCounting && <Loader size={14} role="img" aria-label={t("countingNow")} />}
      </Group>
    </>
  );
}
