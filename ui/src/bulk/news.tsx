// A note that follows a bulk action from its beginning to its end, and then leads to what became of whom.
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChecklist } from "@tabler/icons-react";
import { QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type MouseEvent, useEffect, useEffectEvent } from "react";
import { useTranslations } from "use-intl";
import { useErrorText } from "@/parts/failure";
import { useToasts } from "@/parts/toasts";
import { BulkProgress } from "./outcome";
import { bulkPath, bulkQuery, doneOf, isUnderWay, undoBulk } from "./queries";

/** Notes are drawn beside the pages, where neither the answers of the server nor the pages are at hand: they are given along. */
export function useBulkNews(): (id: number) => void {
  const t = useTranslations("parts");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const show = (id: number) => {
    const note = `bulk-${id}`;
    notifications.show({
      id: note,
      message: (
        <QueryClientProvider client={queries}>
          <News
            id={id}
            open={() => {
              notifications.hide(note);
              navigate({ to: "/bulk/$id", params: { id: String(id) }, search: {} });
            }}
            undone={(undo) => {
              notifications.hide(note);
              show(undo);
            }}
          />
        </QueryClientProvider>
      ),
      color: "pine",
      icon: <IconChecklist size={16} />,
      autoClose: false,
      closeButtonProps: { "aria-label": t("close") },
    });
  };
  return show;
}

type Props = { id: number; open: () => void; undone: (undo: number) => void };

function News({ id, open, undone }: Props) {
  const t = useTranslations("bulk");
  const parts = useTranslations("parts");
  const textOf = useErrorText();
  const toasts = useToasts();
  const queries = useQueryClient();
  const { data: one, error } = useQuery(bulkQuery(id));
  const hasEnded = one !== undefined && !isUnderWay(one);
  // It may have changed whatever is shown of customers, segments and rules.
  const refresh = useEffectEvent(() =>
    queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== "one" || queryKey[0] !== bulkPath }),
  );
  useEffect(() => {
    if (hasEnded) refresh();
  }, [hasEnded]);
  if (error) return <Text size="sm">{textOf(error)}</Text>;
  if (!one || one.state === "queued") return <Text size="sm">{t("waiting")}</Text>;
  if (one.state === "running") {
    return (
      <Stack gap={6}>
        <Text size="sm">{t("running", { done: doneOf(one), total: one.total })}</Text>
        <BulkProgress one={one} />
      </Stack>
    );
  }
  const go = (event: MouseEvent) => {
    event.preventDefault();
    open();
  };
  const undo = () =>
    undoBulk(id)
      .then((accepted) => undone(accepted.id))
      .catch(toasts.failed);
  return (
    <Stack gap={4}>
      <Text size="sm" role={one.state === "failed" ? "alert" : undefined}>
        {one.state === "done" ? "" : `${t(`states.${one.state}`)}: `}
        {t("ended", { changed: one.changed, same: one.same, refused: one.refused })}
      </Text>
      <Group gap="xs">
        <Anchor size="sm" href={`${import.meta.env.BASE_URL}bulk/${id}`} onClick={go}>
          {t("see")}
        </Anchor>
        {one.isUndoable && (
          <Button size="compact-sm" variant="light" onClick={undo}>
            {parts("undo")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
