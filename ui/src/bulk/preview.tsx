// What an action would do, before it does it: for how many what comes of it, why not, and some customers before and after.
import { Alert, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { BulkOutcome, BulkPreview } from "@/api/types";
import { Changes } from "./changes";
import { Figures } from "./figures";
import { useReasonText } from "./text";

export function Preview({ preview }: { preview: BulkPreview }) {
  const t = useTranslations("bulk");
  const reasonOf = useReasonText();
  const { total, lookedAt, reasons, samples, canBeUndone } = preview;
  return (
    <Stack gap="sm">
      <Text size="sm">{lookedAt < total ? t("lookedAtFirst", { total, lookedAt }) : t("lookedAtAll", { total })}</Text>
      <Figures of={preview} words={canBeUndone ? "ahead" : "aheadOfDeletion"} />
      {reasons.map((reason) => (
        <Text key={reason.code} size="sm" c="dimmed">
          {t("reason", { count: reason.count, message: reasonOf(reason) })}
        </Text>
      ))}
      {samples.length > 0 && <Samples samples={samples} />}
      {canBeUndone ? (
        <Alert color="gray" icon={<IconInfoCircle size={17} />} p="xs">
          {t("canBeUndone")}
        </Alert>
      ) : (
        <Alert color="red" icon={<IconAlertTriangle size={17} />} p="xs">
          {t("cannotBeUndone")}
        </Alert>
      )}
    </Stack>
  );
}

function Samples({ samples }: { samples: BulkOutcome[] }) {
  const t = useTranslations("bulk");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
    <section className="bulk-samples" aria-label={t("samples")} tabIndex={0}>
      <Table fz="sm" verticalSpacing={5} aria-label={t("samples")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("customer")}</Table.Th>
            <Table.Th>{t("change")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {samples.map((sample) => (
            <Table.Tr key={sample.customerId}>
              <Table.Td>{sample.name ?? `#${sample.customerId}`}</Table.Td>
              <Table.Td c={sample.outcome === "refused" ? "var(--mantine-color-error)" : undefined}>
                <Changes of={sample} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
