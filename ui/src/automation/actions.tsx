// What a rule does, in order, each at once or after a delay.
import { ActionIcon, Badge, Box, Button, Group, Menu, NumberInput, Select, Stack, Text } from "@mantine/core";
import { IconMail, IconPlus, IconTargetArrow, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Action } from "@/api/types";
import type { Draft } from "@/parts/draft";
import { Card } from "@/parts/page";
import { type DelayUnit, delayUnits, readDelay, writeDelay } from "./delay";
import { manualSegmentsQuery, templateChoicesQuery } from "./queries";
import type { RuleValues } from "./values";

const DELAY_MAX = 10_000;
/** No choice made yet; the server refuses it at the action's own place. */
const UNCHOSEN = 0;

type Props = { draft: Draft<RuleValues> };

export function Actions({ draft }: Props) {
  const t = useTranslations("automation");
  const { actions } = draft.values;
  const add = (action: Action) => draft.set("/actions", [...actions, action]);
  return (
    <Card title={t("thenTitle")} hint={t("thenHint")}>
      <Stack gap="sm" align="stretch">
        {actions.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("noActions")}
          </Text>
        )}
        {actions.map((action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place in the order
          <ActionRow key={index} draft={draft} action={action} index={index} />
        ))}
        {draft.problem("/actions") && (
          <Text size="sm" c="red" role="alert">
            {draft.problem("/actions")}
          </Text>
        )}
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="light" size="compact-sm" leftSection={<IconPlus size={14} />} w="fit-content">
              {t("addAction")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconTargetArrow size={16} />}
              onClick={() => add({ type: "add_segment", segmentId: UNCHOSEN })}
            >
              {t("actionNames.add_segment")}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconMail size={16} />}
              onClick={() => add({ type: "send_mail", templateId: UNCHOSEN })}
            >
              {t("actionNames.send_mail")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Stack>
    </Card>
  );
}

function ActionRow({ draft, action, index }: Props & { action: Action; index: number }) {
  const t = useTranslations("automation");
  const pointer = `/actions/${index}`;
  const replace = (next: Action) => draft.set(pointer, next);
  const drop = () =>
    draft.set(
      "/actions",
      draft.values.actions.filter((_, place) => place !== index),
    );
  const problem = draft.problem(pointer) ?? draft.problem(`${pointer}/delay`);
  return (
    <Box className="condition-row" role="group" aria-label={t("actionNumber", { number: index + 1 })}>
      <Group gap="xs" align="center">
        <Badge color="gray" className="figures">
          {index + 1}
        </Badge>
        <Text size="sm" fw={550}>
          {t(`actionNames.${action.type}`)}
        </Text>
        <Target draft={draft} action={action} pointer={pointer} replace={replace} />
        <DelayInputs action={action} replace={replace} />
        <ActionIcon
          variant="subtle"
          color="gray"
          ml="auto"
          aria-label={t("removeAction", { number: index + 1 })}
          onClick={drop}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {problem && (
        <Text size="sm" c="red" role="alert" mt={4}>
          {problem}
        </Text>
      )}
    </Box>
  );
}

type TargetProps = Props & { action: Action; pointer: string; replace: (action: Action) => void };

function Target({ draft, action, pointer, replace }: TargetProps) {
  const t = useTranslations("automation");
  const { data: segments = [] } = useQuery({ ...manualSegmentsQuery, enabled: action.type === "add_segment" });
  const { data: templates = [] } = useQuery({ ...templateChoicesQuery, enabled: action.type === "send_mail" });
  if (action.type === "add_segment") {
    return (
      <Choice
        label={t("segment")}
        placeholder={t("chooseSegment")}
        nothing={t("noManualSegments")}
        value={action.segmentId}
        error={draft.problem(`${pointer}/segmentId`)}
        choices={segments}
        onChange={(segmentId) => replace({ ...action, segmentId })}
      />
    );
  }
  return (
    <Choice
      label={t("template")}
      placeholder={t("chooseTemplate")}
      nothing={t("noTemplates")}
      value={action.templateId}
      error={draft.problem(`${pointer}/templateId`)}
      choices={templates}
      onChange={(templateId) => replace({ ...action, templateId })}
    />
  );
}

type ChoiceProps = {
  label: string;
  placeholder: string;
  nothing: string;
  value: number;
  error: string | undefined;
  choices: { id: number; name: string }[];
  onChange: (id: number) => void;
};

function Choice({ label, placeholder, nothing, value, error, choices, onChange }: ChoiceProps) {
  return (
    <Select
      size="xs"
      w={230}
      searchable
      aria-label={label}
      placeholder={placeholder}
      nothingFoundMessage={nothing}
      value={value === UNCHOSEN ? null : String(value)}
      error={error}
      onChange={(id) => id !== null && onChange(Number(id))}
      allowDeselect={false}
      data={choices.map(({ id, name }) => ({ value: String(id), label: name }))}
    />
  );
}

function DelayInputs({ action, replace }: { action: Action; replace: (action: Action) => void }) {
  const t = useTranslations("automation");
  const delay = readDelay(action.delay);
  const set = (count: number, unit: DelayUnit) => replace({ ...action, delay: writeDelay({ count, unit }) });
  return (
    <Group gap={4}>
      <Select
        size="xs"
        w={130}
        aria-label={t("delayMode")}
        value={delay === null ? "now" : "later"}
        onChange={(mode) => (mode === "later" ? set(1, "h") : replace({ ...action, delay: null }))}
        allowDeselect={false}
        data={[
          { value: "now", label: t("atOnce") },
          { value: "later", label: t("after") },
        ]}
      />
      {delay !== null && (
        <>
          <NumberInput
            size="xs"
            w={70}
            hideControls
            min={1}
            max={DELAY_MAX}
            allowDecimal={false}
            aria-label={t("delay")}
            value={delay.count}
            onChange={(count) => typeof count === "number" && count > 0 && set(count, delay.unit)}
          />
          <Select
            size="xs"
            w={110}
            aria-label={t("delayUnit")}
            value={delay.unit}
            onChange={(unit) => set(delay.count, (unit ?? "h") as DelayUnit)}
            allowDeselect={false}
            data={delayUnits.map((unit) => ({ value: unit, label: t(`delayUnits.${unit}`) }))}
          />
        </>
      )}
    </Group>
  );
}
