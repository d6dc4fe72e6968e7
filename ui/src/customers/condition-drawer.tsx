// The conditions of the list in the builder, counted while they are written.
import { Button, Drawer, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { ConditionBuilder } from "@/conditions/builder";
import { useLivePreview } from "@/conditions/live";
import { LiveCount } from "@/conditions/live-count";
import { emptyGroup, isComplete } from "@/conditions/model";
import { Waterfall } from "@/conditions/waterfall";
import { useOpening } from "@/parts/later";
import { useMay } from "@/shell/session";

type Props = { opened: boolean; close: () => void; filter: Condition; apply: (filter: Condition) => void };

export function ConditionDrawer({ opened, close, filter, apply }: Props) {
  const t = useTranslations("customers");
  return (
    <Drawer
      opened={useOpening(opened)}
      onClose={close}
      size={860}
      title={t("conditions")}
      closeButtonProps={{ "aria-label": t("closeConditions") }}
    >
      {opened && <EditorBody close={close} filter={filter} apply={apply} />}
    </Drawer>
  );
}

/** Mounted anew with each opening, so that it starts from the conditions in force. */
function EditorBody({ close, filter, apply }: Omit<Props, "opened">) {
  const t = useTranslations("customers");
  const may = useMay();
  const [draft, setDraft] = useState(filter);
  const live = useLivePreview(may("segments:read") ? draft : null);
  const finish = (next: Condition) => {
    apply(next);
    close();
  };
  return (
    <>
      <ConditionBuilder value={draft} onChange={setDraft} counts={live.preview?.leaves} />
      {may("segments:read") && (
        <Stack mt="md" gap="sm">
          <LiveCount live={live} isSmall />
          {live.preview && <Waterfall condition={live.preview.condition} steps={live.preview.steps} />}
        </Stack>
      )}
      <Group mt="md" gap="xs">
        <Button disabled={!isComplete(draft)} onClick={() => finish(draft)}>
          {t("applyConditions")}
        </Button>
        <Button variant="default" onClick={() => finish(emptyGroup())}>
          {t("clearConditions")}
        </Button>
      </Group>
    </>
  );
}
