// All rules in the order they are tried, each with its switch.
import { Switch, Text } from "@mantine/core";
import { IconBolt, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { address, patch } from "@/api/client";
import type { Rule } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { rulesPath } from "./queries";
import { stepCount } from "./steps";
import { useDeedText, useTriggerText } from "./texts";

export function RuleList() {
  const t = useTranslations("automation");
  const may = useMay();
  const list = useCursorList<Rule>(rulesPath);
  const columns: Column<Rule>[] = [
    { key: "active", label: t("on"), width: 70, cell: (rule) => <ActiveSwitch rule={rule} /> },
    { key: "name", label: t("name"), cell: (rule) => <NameCell rule={rule} /> },
    { key: "trigger", label: t("when"), wideOnly: true, cell: (rule) => <TriggersCell rule={rule} /> },
    { key: "actions", label: t("does"), wideOnly: true, cell: (rule) => <ActionsCell rule={rule} /> },
  ];
  const create = (
    <LinkButton to="/rules/new" leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <Page title={t("title")} hint={t("hint")} actions={may("rules:write") && create}>
      <Card flush>
        <Rows
          label={t("title")}
          columns={columns}
          list={list}
          keyOf={(rule) => rule.id}
          empty={
            <Empty title={t("none")} hint={t("noneHint")} icon={IconBolt}>
              {may("rules:write") && create}
            </Empty>
          }
        />
      </Card>
    </Page>
  );
}

function NameCell({ rule }: { rule: Rule }) {
  return (
    <>
      <Link to="/rules/$id" params={{ id: String(rule.id) }} search={{}} className="row-link">
        {rule.name}
      </Link>{" "}
      <Text span size="sm" c="dimmed">
        {rule.description}
      </Text>
    </>
  );
}

function TriggersCell({ rule }: { rule: Rule }) {
  const textOf = useTriggerText();
  return rule.triggers.map(textOf).join(" · ") || "–";
}

function ActionsCell({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const textOf = useDeedText();
  if (rule.steps.length > 0) return t("journeySteps", { count: stepCount(rule.steps) });
  return rule.actions.map(textOf).join(" · ") || "–";
}

function ActiveSwitch({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const may = useMay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const send = async (active: boolean, ifVersion: number) => {
    // Those on a journey stay on its newest version, which is the same way.
    const running = rule.steps.length > 0 ? "move" : undefined;
    const answer = await patch<Rule>(address(`${rulesPath}/${rule.id}`, { running }), { active }, { ifVersion });
    await queries.invalidateQueries({ queryKey: [rulesPath] });
    return answer;
  };
  const toggle = async (active: boolean) => {
    try {
      const answer = await send(active, rule.version);
      const said = t(active ? "switchedOn" : "switchedOff", { name: rule.name });
      toasts.done(said, () => send(!active, answer.version));
    } catch (error) {
      toasts.failed(error);
      await queries.invalidateQueries({ queryKey: [rulesPath] });
    }
  };
  return (
    <Switch
      className="above-row-link"
      size="sm"
      aria-label={t("switch", { name: rule.name })}
      checked={rule.active}
      disabled={!may("rules:write")}
      onChange={(event) => toggle(event.currentTarget.checked)}
    />
  );
}
