// Merging all open pairs from a score on: looked at first, then merged one after the other; each can be undone.
import { Alert, Button, Group, List, Modal, Progress, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsJoin2 } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { DuplicatePair } from "@/api/types";
import { customerName } from "@/customers/name";
import { merge, preview, refreshMerged } from "@/merging/queries";
import { NumberInput } from "@/parts/number-input";
import { useToasts } from "@/parts/toasts";
import { check, mergeAll, type Sorted } from "./bulk-run";
import { allFrom } from "./queries";

const AT_ONCE_MAX = 500;
const LEFT_SHOWN = 6;
const SURE = 95;
const PERCENT = 100;

export function BulkMerge() {
  const t = useTranslations("duplicates.bulk");
  const parts = useTranslations("parts");
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconArrowsJoin2 size={16} />} onClick={dialog.open}>
        {t("open")}
      </Button>
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("title")}
        closeButtonProps={{ "aria-label": parts("close") }}
        closeOnClickOutside={false}
      >
        <Bulk close={dialog.close} />
      </Modal>
    </>
  );
}

type Stage =
  | { at: "choosing" }
  | { at: "checking" | "merging"; done: number; total: number }
  | { at: "checked"; sorted: Sorted }
  | { at: "done"; merged: number; failed: number };

const wishOf = ({ customers: [survivor, other] }: DuplicatePair) => ({
  survivor: survivor?.id ?? 0,
  other: other?.id ?? 0,
});

function Bulk({ close }: { close: () => void }) {
  const toasts = useToasts();
  const queries = useQueryClient();
  const [stage, setStage] = useState<Stage>({ at: "choosing" });
  const stopped = useRef(false);
  const watch = (at: "checking" | "merging", total: number) => {
    stopped.current = false;
    setStage({ at, done: 0, total });
    return { isStopped: () => stopped.current, told: (done: number) => setStage({ at, done, total }) };
  };
  const look = async (percent: number) => {
    try {
      const pairs = await allFrom(percent / PERCENT, AT_ONCE_MAX);
      const sorted = await check(pairs, (pair) => preview(wishOf(pair)), watch("checking", pairs.length));
      setStage({ at: "checked", sorted });
    } catch (error) {
      toasts.failed(error);
      setStage({ at: "choosing" });
    }
  };
  const run = async (pairs: DuplicatePair[]) => {
    const counts = await mergeAll(pairs, (pair) => merge(wishOf(pair)), watch("merging", pairs.length));
    setStage({ at: "done", ...counts });
    await refreshMerged(queries);
  };
  const stop = () => {
    stopped.current = true;
  };
  switch (stage.at) {
    case "choosing":
      return <Choosing look={look} />;
    case "checking":
    case "merging":
      return <Going stage={stage} stop={stop} />;
    case "checked":
      return <Checked sorted={stage.sorted} run={run} back={() => setStage({ at: "choosing" })} />;
    case "done":
      return <Done merged={stage.merged} failed={stage.failed} close={close} />;
  }
}

function Choosing({ look }: { look: (percent: number) => Promise<void> }) {
  const t = useTranslations("duplicates.bulk");
  const [percent, setPercent] = useState<number | string>(SURE);
  const [isBusy, setBusy] = useState(false);
  const isFine = typeof percent === "number" && percent >= 0 && percent <= PERCENT;
  const begin = async () => {
    if (!isFine) return;
    setBusy(true);
    await look(percent);
  };
  return (
    <Stack gap="md">
      <Text size="sm">{t("text")}</Text>
      <NumberInput
        label={t("from")}
        suffix=" %"
        decimalScale={2}
        value={percent}
        error={isFine ? undefined : t("range")}
        onChange={setPercent}
        data-autofocus
      />
      <Group justify="flex-end">
        <Button loading={isBusy} disabled={!isFine} onClick={begin}>
          {t("look")}
        </Button>
      </Group>
    </Stack>
  );
}

type GoingProps = { stage: { at: "checking" | "merging"; done: number; total: number }; stop: () => void };

function Going({ stage: { at, done, total }, stop }: GoingProps) {
  const t = useTranslations("duplicates.bulk");
  return (
    <Stack gap="md">
      <Text size="sm" role="status">
        {t(at, { done, total })}
      </Text>
      <Progress value={total === 0 ? PERCENT : (PERCENT * done) / total} aria-label={t(at, { done, total })} />
      <Group justify="flex-end">
        <Button variant="default" onClick={stop}>
          {t("stop")}
        </Button>
      </Group>
    </Stack>
  );
}

type CheckedProps = { sorted: Sorted; run: (pairs: DuplicatePair[]) => Promise<void>; back: () => void };

function Checked({ sorted: { ready, left }, run, back }: CheckedProps) {
  const t = useTranslations("duplicates.bulk");
  return (
    <Stack gap="md">
      <Text size="sm" fw={550}>
        {t("ready", { count: ready.length })}
      </Text>
      {left.length > 0 && (
        <Alert color="orange" title={t("left", { count: left.length })}>
          <List size="sm">
            {left.slice(0, LEFT_SHOWN).map(({ pair, why }) => (
              <List.Item key={pair.id}>
                {pair.customers.map((customer) => customerName(customer)).join(" · ")}: {t(`why.${why}`)}
              </List.Item>
            ))}
            {LEFT_SHOWN < left.length && <List.Item>{t("more", { count: left.length - LEFT_SHOWN })}</List.Item>}
          </List>
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {t("undoable")}
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={back}>
          {t("back")}
        </Button>
        <Button disabled={ready.length === 0} onClick={() => run(ready)}>
          {t("run", { count: ready.length })}
        </Button>
      </Group>
    </Stack>
  );
}

function Done({ merged, failed, close }: { merged: number; failed: number; close: () => void }) {
  const t = useTranslations("duplicates.bulk");
  return (
    <Stack gap="md">
      <Text size="sm" role="status">
        {t("done", { count: merged })}
      </Text>
      {failed > 0 && <Alert color="orange">{t("failed", { count: failed })}</Alert>}
      <Group justify="flex-end">
        <Button onClick={close}>{t("close")}</Button>
      </Group>
    </Stack>
  );
}
