// The conditions of the list as chips: each can be taken away, and the builder opens to change them all.
import { Button, CloseButton, Drawer, Group, Pill, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { ConditionBuilder } from "@/conditions/builder";
import { useLivePreview } from "@/conditions/live";
import { LiveCount } from "@/conditions/live-count";
import { asGroup, childrenOf, emptyGroup, isComplete, modeOf, removed } from "@/conditions/model";
import { useSentence } from "@/conditions/speech";
import { Waterfall } from "@/conditions/waterfall";
import { useMay } from "@/shell/session";

type Props = { filter: Condition | undefined; change: (filter: Condition | undefined) => void };

export function ConditionChips({ filter, change }: Props) {
  const t = useTranslations("customers");
  const [opened, drawer] = useDisclosure(false);
  const group = asGroup(filter);
  const chips = childrenOf(group);
  const set = (next: Condition) => change(childrenOf(next).length === 0 ? undefined : next);
  return (
    <>
      <Button variant="default" leftSection={<IconFilter size={16} />} onClick={drawer.open} fw={500}>
        {t("conditions")}
      </Button>
      {chips.length > 1 && modeOf(group) === "any" && (
        <Text size="sm" c="dimmed">
          {t("anyOf")}
        </Text>
      )}
      {chips.map((chip, index) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place in the tree
          key={index}
          condition={chip}
          edit={drawer.open}
          remove={() => set(removed(group, `/${modeOf(group)}/${index}`))}
        />
      ))}
      <Editor opened={opened} close={drawer.close} filter={group} apply={set} />
    </>
  );
}

function Chip({ condition, edit, remove }: { condition: Condition; edit: () => void; remove: () => void }) {
  const t = useTranslations("customers");
  const what = useSentence()(condition);
  return (
    <Pill
      size="lg"
      component="span"
      radius="sm"
      bg="var(--mantine-color-pine-light)"
      c="var(--mantine-color-pine-light-color)"
    >
      <Group gap={4} wrap="nowrap" component="span">
        <UnstyledButton fz="sm" onClick={edit} maw={380} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
          {what}
        </UnstyledButton>
        <CloseButton size="xs" aria-label={t("removeCondition", { what })} onClick={remove} />
      </Group>
    </Pill>
  );
}

type EditorProps = { opened: boolean; close: () => void; filter: Condition; apply: (filter: Condition) => void };

function Editor({ opened, close, filter, apply }: EditorProps) {
  const t = useTranslations("customers");
  return (
    <Drawer
      opened={opened}
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
function EditorBody({ close, filter, apply }: Omit<EditorProps, "opened">) {
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
