// A note that follows an export from its beginning until its file can be fetched.
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFileDownload } from "@tabler/icons-react";
import { QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useErrorText } from "@/parts/failure";
import { useRefusalText } from "@/refusals";
import { exportQuery, fileAddress } from "./queries";
import { Size } from "./size";
import { ExportProgress } from "./state";

/** Notes are drawn beside the pages, where the answers of the server are not at hand: they are given along. */
export function useExportNews(): (id: number) => void {
  const t = useTranslations("parts");
  const queries = useQueryClient();
  return (id) =>
    notifications.show({
      id: `export-${id}`,
      message: (
        <QueryClientProvider client={queries}>
          <News id={id} />
        </QueryClientProvider>
      ),
      color: "pine",
      icon: <IconFileDownload size={16} />,
      autoClose: false,
      closeButtonProps: { "aria-label": t("close") },
    });
}

function News({ id }: { id: number }) {
  const t = useTranslations("exports");
  const textOf = useErrorText();
  const refusalText = useRefusalText();
  const { data: one, error } = useQuery(exportQuery(id));
  if (error) return <Text size="sm">{textOf(error)}</Text>;
  if (!one || one.state === "queued") return <Text size="sm">{t("waiting")}</Text>;
  if (one.state === "done") {
    return (
      <Group gap="xs" justify="space-between">
        <Text size="sm">{t("ready", { count: one.rowsDone })}</Text>
        <Anchor size="sm" href={fileAddress(id)} download={one.fileName}>
          {t("download")} (<Size bytes={one.bytes} />)
        </Anchor>
      </Group>
    );
  }
  if (one.state === "running") {
    return (
      <Stack gap={6}>
        <Text size="sm">{t("writing", { done: one.rowsDone, total: one.rowsTotal ?? one.rowsDone })}</Text>
        <ExportProgress one={one} />
      </Stack>
    );
  }
  return (
    <Text size="sm" role="alert">
      {t(`states.${one.state}`)}
      {one.error && `: ${refusalText({ message: one.error })}`}
    </Text>
  );
}
