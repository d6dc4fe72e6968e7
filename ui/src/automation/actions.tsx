// What a rule does, each action at once or later, by itself.
import { Button, Menu, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { DeedKind } from "@/api/types";
import { RowList } from "@/parts/row-list";
import { DeedForm } from "./deed-form";
import { deedKinds, deedNames, freshDeed, noTiming } from "./deed-kinds";
import { PartRow } from "./part-row";
import type { RuleDraft } from "./spots";
import { TimingInputs } from "./timing";

type Props = { draft: RuleDraft };

export function Actions({ draft }: Props) {
  const t = useTranslations("deeds");
  const { actions } = draft.values;
  const add = (kind: DeedKind) => draft.set("/actions", [...actions, { ...noTiming, ...freshDeed(kind) }]);
  return (
    <Stack gap="sm">
      {actions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      )}
      <RowList
        rows={actions}
        onChange={(rows) => draft.set("/actions", rows)}
        fresh={() => ({ ...noTiming, ...freshDeed("send_mail") })}
        // Each kind begins differently, so the menu below adds them.
        max={actions.length}
        row={(place) => <ActionRow draft={draft} place={place} />}
        problem={draft.problem("/actions")}
        labels={{
          add: t("add"),
          remove: (number) => t("remove", { number }),
          up: (number) => t("up", { number }),
          down: (number) => t("down", { number }),
        }}
      />
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="light" size="compact-sm" leftSection={<IconPlus size={14} />} w="fit-content">
            {t("add")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <DeedItems choose={add} />
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
}

export function DeedItems({ choose }: { choose: (kind: DeedKind) => void }) {
  const t = useTranslations("deeds.names");
  return deedNames.map((kind) => {
    const Picture = deedKinds[kind].icon;
    return (
      <Menu.Item key={kind} leftSection={<Picture size={16} />} onClick={() => choose(kind)}>
        {t(kind)}
      </Menu.Item>
    );
  });
}

function ActionRow({ draft, place }: Props & { place: number }) {
  const t = useTranslations("deeds");
  const pointer = `/actions/${place}`;
  const action = draft.values.actions[place];
  if (action === undefined) return null;
  return (
    <PartRow
      label={t("number", { number: place + 1 })}
      icon={deedKinds[action.type].icon}
      title={t(`names.${action.type}`)}
      problem={draft.problem(pointer)}
    >
      <Stack gap="sm">
        <DeedForm draft={draft} pointer={pointer} />
        <TimingInputs draft={draft} pointer={pointer} />
      </Stack>
    </PartRow>
  );
}
