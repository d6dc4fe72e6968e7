// The steps of a journey as a map: from top to bottom, ways side by side.
import "./journey.css";
import { ActionIcon, Box, Button, Menu, Stack, Text, Title } from "@mantine/core";
import { IconFlag, IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { JourneyStep, PlaceCount, StepKind } from "@/api/types";
import { DeedItems } from "./actions";
import { ConditionSpot } from "./condition-spot";
import { EditsContext, useEdits, useJourneyEdits } from "./journey-edits";
import type { RuleDraft } from "./spots";
import { StepCard } from "./step-card";
import { stepIcons } from "./step-icons";
import { Ways } from "./step-ways";
import { freshStep, stepsAt, waitingElsewhere } from "./steps";

const flowKinds: StepKind[] = ["wait", "wait_for", "branch", "split", "exit"];
const ROOT = "/steps";

type Props = {
  draft: RuleDraft;
  places: PlaceCount[];
  version: number;
  /** How many are under way where the map is no longer the one they go by. */
  underWay: number;
};

export function Journey({ draft, places, version, underWay }: Props) {
  const t = useTranslations("journeys");
  const { edits, canvas } = useJourneyEdits(draft, places, version);
  const elsewhere = waitingElsewhere(places, version);
  const problem = draft.problem("/steps") ?? draft.problem("/actions");
  return (
    <EditsContext.Provider value={edits}>
      <Stack gap="md">
        {elsewhere > 0 && (
          <Text size="sm" c="dimmed">
            {t("elsewhere", { count: elsewhere })}
          </Text>
        )}
        {underWay > 0 && (
          <Text size="sm" c="dimmed">
            {t("underWay", { count: underWay })}
          </Text>
        )}
        <Box className="journey" ref={canvas} role="group" aria-label={t("canvas")}>
          <Box className="journey-map">
            <End text={t("start")} />
            <StepList list={ROOT} name={t("main")} />
            <End text={t("end")} />
          </Box>
        </Box>
        {draft.values.steps.length === 0 && (
          <Text size="sm" c="dimmed" ta="center">
            {t("empty")}
          </Text>
        )}
        {problem && (
          <Text size="sm" c="red" role="alert">
            {problem}
          </Text>
        )}
        <Box maw={1000}>
          <Title order={3}>{t("exitTitle")}</Title>
          <Text size="sm" c="dimmed" mb={6}>
            {t("exitHint")}
          </Text>
          <ConditionSpot draft={draft} pointer="/exitWhen" emptyText={t("exitNever")} />
        </Box>
      </Stack>
    </EditsContext.Provider>
  );
}

function End({ text }: { text: string }) {
  return (
    <Box className="journey-end">
      <IconFlag size={14} aria-hidden /> {text}
    </Box>
  );
}

type ListProps = { list: string; name: string };

export function StepList({ list, name }: ListProps) {
  const { draft } = useEdits();
  const steps = stepsAt(draft.values, list);
  return (
    <ol className="journey-steps">
      {steps.map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the list
        <li key={place}>
          <AddHere list={list} place={place} name={name} />
          <StepCard pointer={`${list}/${place}`} step={step} last={steps.length - 1} />
          <Ways pointer={`${list}/${place}`} step={step} />
        </li>
      ))}
      <li>
        <AddHere list={list} place={steps.length} name={name} isFirst={list === ROOT && steps.length === 0} />
      </li>
    </ol>
  );
}

type AddProps = ListProps & { place: number; isFirst?: boolean };

function AddHere({ list, place, name, isFirst = false }: AddProps) {
  const t = useTranslations("journeys");
  const deed = useTranslations("deeds");
  const { add } = useEdits();
  const put = (step: JourneyStep) => add(list, place, step);
  return (
    <Box className="journey-link">
      <Menu position="bottom">
        <Menu.Target>
          {isFirst ? (
            <Button size="compact-sm" data-add={`${list}/${place}`} leftSection={<IconPlus size={14} />}>
              {t("addFirst")}
            </Button>
          ) : (
            <ActionIcon
              size={22}
              radius="xl"
              variant="default"
              className="journey-add"
              data-add={`${list}/${place}`}
              aria-label={t("addHere", { number: place + 1, list: name })}
            >
              <IconPlus size={13} />
            </ActionIcon>
          )}
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
          <Menu.Label>{t("flow")}</Menu.Label>
          {flowKinds.map((kind) => (
            <FlowItem key={kind} kind={kind} put={put} />
          ))}
          <Menu.Label>{deed("add")}</Menu.Label>
          <DeedItems choose={(kind) => put(freshStep("action", kind))} />
        </Menu.Dropdown>
      </Menu>
    </Box>
  );
}

function FlowItem({ kind, put }: { kind: StepKind; put: (step: JourneyStep) => void }) {
  const t = useTranslations("journeys.names");
  const Picture = stepIcons[kind];
  return (
    <Menu.Item leftSection={<Picture size={16} />} onClick={() => put(freshStep(kind))}>
      {t(kind)}
    </Menu.Item>
  );
}
