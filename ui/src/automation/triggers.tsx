// What sets a rule off: any of its triggers.
import { Button, Menu, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import type { TriggerKind } from "@/api/types";
import { Card } from "@/parts/page";
import { RowList } from "@/parts/row-list";
import { PartRow } from "./part-row";
import type { RuleDraft } from "./spots";
import { TriggerForm } from "./trigger-form";
import { triggerGroups, triggerKinds, triggerNames } from "./trigger-kinds";

type Props = { draft: RuleDraft };

export function Triggers({ draft }: Props) {
  const t = useTranslations("triggers");
  const rule = useTranslations("automation");
  const { triggers } = draft.values;
  const add = (kind: TriggerKind) => draft.set("/triggers", [...triggers, triggerKinds[kind].start]);
  return (
    <Card title={rule("whenTitle")} hint={triggers.length > 1 ? rule("whenHint") : undefined}>
      <Stack gap="sm">
        {triggers.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("none")}
          </Text>
        )}
        <RowList
          rows={triggers}
          onChange={(rows) => draft.set("/triggers", rows)}
          fresh={() => triggerKinds.new_activity.start}
          // Each kind begins differently, so the menu below adds them.
          max={triggers.length}
          row={(place) => <TriggerRow draft={draft} place={place} />}
          problem={draft.problem("/triggers")}
          labels={{ add: t("add"), remove: (number) => t("remove", { number }) }}
        />
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="light" size="compact-sm" leftSection={<IconPlus size={14} />} w="fit-content">
              {t("add")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
            {triggerGroups.map((group) => (
              <Fragment key={group}>
                <Menu.Label>{t(`groups.${group}`)}</Menu.Label>
                {triggerNames
                  .filter((kind) => triggerKinds[kind].group === group)
                  .map((kind) => (
                    <TriggerItem key={kind} kind={kind} choose={add} />
                  ))}
              </Fragment>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Stack>
    </Card>
  );
}

function TriggerItem({ kind, choose }: { kind: TriggerKind; choose: (kind: TriggerKind) => void }) {
  const t = useTranslations("triggers.names");
  const Picture = triggerKinds[kind].icon;
  return (
    <Menu.Item leftSection={<Picture size={16} />} onClick={() => choose(kind)}>
      {t(kind)}
    </Menu.Item>
  );
}

const hinted = ["customer_created", "customers_merged", "segments_built", "cron"] as const;

function TriggerRow({ draft, place }: Props & { place: number }) {
  const t = useTranslations("triggers");
  const trigger = draft.values.triggers[place];
  if (trigger === undefined) return null;
  const hint = hinted.find((kind) => kind === trigger.type);
  return (
    <PartRow
      label={t("number", { number: place + 1 })}
      icon={triggerKinds[trigger.type].icon}
      title={t(`names.${trigger.type}`)}
      hint={hint && t(`hints.${hint}`)}
      problem={draft.problem(`/triggers/${place}`)}
    >
      <TriggerForm draft={draft} pointer={`/triggers/${place}`} />
    </PartRow>
  );
}
