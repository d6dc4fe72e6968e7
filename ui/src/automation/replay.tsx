// What a rule would have done in the last days, had it been on.
import { Alert, Anchor, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconHistory } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { Deed, JourneyStep, RuleReplayed } from "@/api/types";
import { Count } from "@/parts/count";
import { whole } from "@/parts/cursor-list";
import { NumberInput } from "@/parts/number-input";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { outcomes } from "./outcomes";
import { rulesPath } from "./queries";
import { RuleProblems } from "./rule-problems";
import { Outcome } from "./run-story";
import { useDeedText, usePathText } from "./texts";
import { toldRule, useTrial } from "./trial";
import type { TryProps } from "./try-out";
import type { RuleValues } from "./values";

const DAYS = 30;
const DAYS_MAX = 365;

export function Replay({ draft, ruleId }: TryProps) {
  const t = useTranslations("simulation");
  const [days, setDays] = useState(DAYS);
  const trial = useTrial<RuleReplayed>(draft, ruleId);
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t("replayHint")}
      </Text>
      <Group gap="sm" align="flex-end">
        <NumberInput
          size="xs"
          w={120}
          min={1}
          max={DAYS_MAX}
          allowDecimal={false}
          label={t("days")}
          value={days}
          onChange={(next) => typeof next === "number" && next > 0 && setDays(next)}
        />
        <Button
          size="xs"
          leftSection={<IconHistory size={16} />}
          loading={trial.isAsking}
          onClick={() => trial.ask(`${rulesPath}/replay`, { days })}
        >
          {t("replay")}
        </Button>
      </Group>
      <div aria-live="polite">
        <RuleProblems problems={trial.problems} />
        {trial.result && <Replayed answer={trial.result.answer} values={trial.result.values} />}
      </div>
    </Stack>
  );
}

type Props = { answer: RuleReplayed; values: RuleValues };

function Replayed({ answer, values }: Props) {
  const t = useTranslations("simulation");
  if (answer.customers === 0) return <Text size="sm">{t("noneLooked")}</Text>;
  return (
    <Stack gap="md">
      <Text size="sm">{t("customers", { count: answer.customers })}</Text>
      {answer.truncated && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
          {t("truncated")}
        </Alert>
      )}
      <Part title={t("looks")}>
        <Group gap="sm">
          {outcomes
            .filter((outcome) => answer.outcomes[outcome])
            .map((outcome) => (
              <Group key={outcome} gap={6}>
                <Outcome outcome={outcome} />
                <Text size="sm" fw={600}>
                  <Count of={answer.outcomes[outcome]} />
                </Text>
              </Group>
            ))}
        </Group>
      </Part>
      <DoneDeeds answer={answer} values={values} />
      <Entries answer={answer} />
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={6}>
        {title}
      </Text>
      {children}
    </div>
  );
}

function DoneDeeds({ answer, values }: Props) {
  const t = useTranslations("simulation");
  const deedText = useDeedText();
  const pathText = usePathText();
  const counts = Object.entries(answer.actions);
  if (counts.length === 0) return null;
  const textOf = (path: string) => {
    const found = valueAt(toldRule(values, 0), path) as JourneyStep | Deed | undefined;
    const deed = found?.type === "action" ? found.action : (found as Deed | undefined);
    return deed ? `${pathText(path)}: ${deedText(deed)}` : pathText(path);
  };
  return (
    <Part title={t("done")}>
      <ul className="plain-list">
        {counts.map(([path, count]) => (
          <li key={path}>
            <Group gap="xs">
              <Badge color="pine" className="figures">
                {t("times", { count })}
              </Badge>
              <Text size="sm">{textOf(path)}</Text>
            </Group>
          </li>
        ))}
      </ul>
    </Part>
  );
}

type Entry = RuleReplayed["entries"][number];

function Entries({ answer }: { answer: RuleReplayed }) {
  const t = useTranslations("simulation");
  if (answer.entries.length === 0) return null;
  const columns: Column<Entry>[] = [
    { key: "at", label: t("at"), width: 170, cell: (entry) => <AtCell at={entry.at} /> },
    { key: "customer", label: t("customer"), width: 180, cell: (entry) => <CustomerCell entry={entry} /> },
    { key: "action", label: t("done"), cell: (entry) => <DeedCell entry={entry} /> },
  ];
  return (
    <Part title={t("entries")}>
      <Rows
        label={t("entries")}
        columns={columns}
        list={whole(answer.entries)}
        keyOf={(entry) => `${entry.customerId} ${entry.at} ${entry.path}`}
        empty={null}
        compact
      />
    </Part>
  );
}

function AtCell({ at }: { at: string }) {
  const t = useTranslations("simulation");
  const isToCome = new Date(at) > new Date();
  return (
    <>
      <When at={at} exact />{" "}
      {isToCome && (
        <Badge color="blue" size="sm">
          {t("stillToCome")}
        </Badge>
      )}
    </>
  );
}

function CustomerCell({ entry }: { entry: Entry }) {
  const t = useTranslations("automation");
  return (
    <Anchor component={Link} to={`/customers/${entry.customerId}`} size="sm">
      {entry.customerName || t("customerNumber", { id: entry.customerId })}
    </Anchor>
  );
}

function DeedCell({ entry }: { entry: Entry }) {
  const deedText = useDeedText();
  return deedText(entry.action);
}
