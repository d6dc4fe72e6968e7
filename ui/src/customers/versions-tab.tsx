// What changed about a customer, when, and by whom: each value before and after.
import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconHistory } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { Customer, CustomerVersion } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { useCursorList } from "@/parts/cursor-list";
import { usePairText } from "@/parts/details";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { When } from "@/parts/when";
import { useFieldLabel } from "./field-label";
import { customersPath } from "./queries";

export function VersionsTab({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const parts = useTranslations("parts");
  const list = useCursorList<CustomerVersion>(`${customersPath}/${customer.id}/versions`);
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  if (list.isLoading) return <LoadingLines lines={6} />;
  if (list.items.length === 0) return <Empty title={t("noVersions")} hint={t("noVersionsHint")} icon={IconHistory} />;
  return (
    <Stack gap={0}>
      {list.items.map((version) => (
        <Version key={version.version} version={version} />
      ))}
      {list.hasMore && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" loading={list.isFetching} onClick={list.loadMore}>
            {parts("loadMore")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Version({ version }: { version: CustomerVersion }) {
  const t = useTranslations("customers");
  const labelOf = useFieldLabel();
  const nameOf = useActorName();
  return (
    <Box px="md" py="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          {t("version", { version: version.version })}{" "}
          <Text span size="sm" c="dimmed" fw={400}>
            {nameOf(version.actor)}
          </Text>
        </Text>
        <Text size="xs" c="dimmed">
          <When at={version.at} />
        </Text>
      </Group>
      <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {Object.entries(version.changes ?? {}).map(([pointer, [before, after]]) => (
          <Change key={pointer} label={labelOf(steps(pointer).at(-1) ?? pointer)} before={before} after={after} />
        ))}
      </Stack>
    </Box>
  );
}

function Change({ label, before, after }: { label: string; before: unknown; after: unknown }) {
  const t = useTranslations("customers");
  const textOf = usePairText();
  const shown = (value: unknown) =>
    textOf({
      name: label,
      value: typeof value === "object" && value !== null ? JSON.stringify(value) : (value as string),
    });
  return (
    <Group gap={6} component="li" fz="sm" wrap="wrap">
      <Text span size="sm" c="dimmed" miw={130}>
        {label}
      </Text>
      <Text span size="sm" td={before === null ? undefined : "line-through"} c="dimmed">
        <span className="visually-hidden">{t("before")} </span>
        {shown(before)}
      </Text>
      <IconArrowRight size={13} aria-hidden />
      <Text span size="sm" fw={550}>
        <span className="visually-hidden">{t("after")} </span>
        {shown(after)}
      </Text>
    </Group>
  );
}
