// The workbench: two customers, whose value each field gets, what follows from it, and the merge itself.
import { Alert, Box, Button, Grid, Group, Kbd, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconArrowsExchange, IconArrowsJoin2, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { Customer, Merge, MergePlan, MergeRule } from "@/api/types";
import { customerName } from "@/customers/name";
import { Failure } from "@/parts/failure";
import { useKeys } from "@/parts/keys";
import { LinkButton } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { useMerging } from "./acts";
import { Consequences, Objections } from "./consequences";
import { FieldsTable } from "./fields-table";
import { swapped, withPick } from "./picks";
import { type Picks, previewQuery } from "./queries";
import { UndoButton } from "./undo-button";
import "@/duplicates/review.css";

const rules: MergeRule[] = ["most_complete", "newest", "most_trusted", "survivor"];

type Props = { customers: [Customer, Customer]; undone: () => void };

export function Workbench({ customers, undone }: Props) {
  const [done, setDone] = useState<Merge | null>(null);
  // Who they were: after the merge, the other one's number leads to who stayed.
  const [two, setTwo] = useState(customers);
  if (done) return <Done merge={done} name={customerName(two[0])} undone={undone} />;
  return <Bench two={two} swap={() => setTwo([two[1], two[0]])} merged={setDone} />;
}

type BenchProps = { two: [Customer, Customer]; swap: () => void; merged: (merge: Merge) => void };

function Bench({ two: [survivor, other], swap, merged }: BenchProps) {
  const [rule, setRule] = useState<MergeRule>("most_complete");
  const [picks, setPicks] = useState<Picks>({});
  const merging = useMerging(merged);
  const wish = { survivor: survivor.id, other: other.id, rule, picks };
  const { data: plan, error, refetch } = useQuery(previewQuery(wish));
  const bench = useRef<HTMLDivElement>(null);
  const exchange = () => {
    setPicks(swapped(picks));
    swap();
  };
  const isPossible = plan !== undefined && plan.refusals.length === 0 && !merging.isBusy;
  const run = () => isPossible && merging.run(wish);
  const toFields = () => bench.current?.querySelector<HTMLElement>("[data-side]")?.focus();
  useKeys({ s: exchange, m: run, ArrowDown: toFields });
  if (error && !plan) return <Failure error={error} retry={refetch} />;
  if (!plan) return <LoadingLines lines={10} />;
  return (
    <Box ref={bench}>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <Objections plan={plan} />
            <Card flush title={<Ways rule={rule} setRule={setRule} exchange={exchange} />}>
              <FieldsTable
                fields={plan.fields}
                names={{ survivor: customerName(survivor), other: customerName(other) }}
                picks={picks}
                pick={(field, side) => setPicks(withPick(picks, field, side))}
              />
              <Help />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Consequences plan={plan} />
            <MergeButton plan={plan} isBusy={merging.isBusy} isPossible={isPossible} run={run} />
          </Stack>
        </Grid.Col>
      </Grid>
      {merging.question}
    </Box>
  );
}

type WaysProps = { rule: MergeRule; setRule: (rule: MergeRule) => void; exchange: () => void };

function Ways({ rule, setRule, exchange }: WaysProps) {
  const t = useTranslations("merging");
  return (
    <Stack gap={6}>
      <Group gap="xs" justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("rule")}
          value={rule}
          onChange={(value) => setRule(value as MergeRule)}
          data={rules.map((value) => ({ value, label: t(`rules.${value}`) }))}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowsExchange size={16} />}
          aria-keyshortcuts="s"
          onClick={exchange}
        >
          {t("exchange")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" fw={400}>
        {t(`ruleHints.${rule}`)}
      </Text>
    </Stack>
  );
}

type ButtonProps = { plan: MergePlan; isBusy: boolean; isPossible: boolean; run: () => void };

function MergeButton({ plan, isBusy, isPossible, run }: ButtonProps) {
  const t = useTranslations("merging");
  return (
    <Stack gap={6}>
      <Button
        leftSection={<IconArrowsJoin2 size={17} />}
        loading={isBusy}
        disabled={!isPossible}
        aria-keyshortcuts="m"
        onClick={run}
      >
        {t("merge")}
      </Button>
      <Text size="sm" c="dimmed">
        {t(plan.refusals.length > 0 ? "mergeRefused" : "mergeHint")}
      </Text>
    </Stack>
  );
}

function Help() {
  const t = useTranslations("merging.keys");
  return (
    <Box component="footer" className="key-help">
      <span>
        <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t("field")}
      </span>
      <span>
        <Kbd size="xs">←</Kbd> <Kbd size="xs">→</Kbd> {t("pick")}
      </span>
      <span>
        <Kbd size="xs">S</Kbd> {t("exchange")}
      </span>
      <span>
        <Kbd size="xs">M</Kbd> {t("merge")}
      </span>
    </Box>
  );
}

function Done({ merge, name, undone }: { merge: Merge; name: string; undone: () => void }) {
  const t = useTranslations("merging");
  return (
    <Alert color="pine" icon={<IconCheck size={18} />} title={t("done")} role="status">
      <Stack gap="sm">
        <Text size="sm">
          {t("doneText", { other: customerName({ id: merge.otherId, ...merge.taken.other }), name })}
        </Text>
        <Group gap="xs">
          <LinkButton to="/customers/$id" params={{ id: String(merge.survivorId) }} search={{}} size="compact-sm">
            {t("toCustomer")}
          </LinkButton>
          <LinkButton to="/duplicates" search={{}} size="compact-sm" variant="default">
            {t("toQueue")}
          </LinkButton>
          <UndoButton merge={merge} done={undone} />
        </Group>
      </Stack>
    </Alert>
  );
}
