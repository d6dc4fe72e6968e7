// What uses a segment that is to be deleted, and what is to become of that and of its target group.
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { address, remove } from "@/api/client";
import type { Segment } from "@/api/types";
import { catalogueQuery } from "@/conditions/catalogue";
import { LoadingLines } from "@/parts/loading";
import { useToasts } from "@/parts/toasts";
import { segmentsPath, usesQuery } from "./queries";
import { type Unlinked, UnlinkedChoice } from "./target-group";
import { UseList } from "./uses";

export function Removal({ segment, close }: { segment: Segment; close: () => void }) {
  const t = useTranslations("segments");
  const parts = useTranslations("parts");
  const { data: uses } = useQuery({ ...usesQuery(segment.id), staleTime: 0 });
  const [cascade, setCascade] = useState(false);
  const [targetGroup, setTargetGroup] = useState<Unlinked>("delete");
  const { act, isBusy } = useRemoval(segment);
  if (!uses) return <LoadingLines lines={3} />;
  const others = uses.filter(({ kind }) => kind !== "target_group");
  const choices = {
    cascade: others.length > 0 ? cascade : undefined,
    targetGroup: segment.useAsTargetGroup ? targetGroup : undefined,
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t("deleteText")}</Text>
      {others.length > 0 && (
        <>
          <Text size="sm">{t("removal.used")}</Text>
          <UseList uses={others} label={t("uses.title")} />
          <Checkbox
            label={t("removal.cascade")}
            description={t("removal.cascadeHint")}
            checked={cascade}
            onChange={({ currentTarget }) => setCascade(currentTarget.checked)}
          />
        </>
      )}
      {segment.useAsTargetGroup && <UnlinkedChoice value={targetGroup} onChange={setTargetGroup} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {parts("cancel")}
        </Button>
        <Button color="red.8" loading={isBusy} disabled={others.length > 0 && !cascade} onClick={() => act(choices)}>
          {t("deleteVerb")}
        </Button>
      </Group>
    </Stack>
  );
}

function useRemoval({ id, name }: Segment) {
  const t = useTranslations("segments");
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const act = async (choices: { cascade?: boolean; targetGroup?: Unlinked }) => {
    setBusy(true);
    try {
      await remove(address(`${segmentsPath}/${id}`, choices));
      toasts.done(t("deleted", { name }));
      await navigate({ to: "/segments", search: {} });
      queries.removeQueries({ queryKey: [segmentsPath, "one", String(id)] });
      await queries.invalidateQueries({ queryKey: [segmentsPath] });
      await queries.invalidateQueries({ queryKey: catalogueQuery.queryKey });
    } catch (error) {
      toasts.failed(error);
      await queries.invalidateQueries({ queryKey: usesQuery(id).queryKey });
    } finally {
      setBusy(false);
    }
  };
  return { act, isBusy };
}
