// What a rule has planned: actions that wait, and customers on the journey; each can be taken back.
import { Anchor, Text } from "@mantine/core";
import { IconCalendarTime } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { valueAt } from "@/api/pointer";
import type { JourneyStep, Rule, RulePlan } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { cancelPlan } from "./plans";
import { rulesPath } from "./queries";
import { useDeedText, usePathText, useStepText, useTriggerText } from "./texts";

export function Planned({ rule }: { rule: Rule }) {
  const t = useTranslations("automation");
  const parts = useTranslations("parts");
  const list = useCursorList<RulePlan>(`${rulesPath}/${rule.id}/plans`);
  const columns: Column<RulePlan>[] = [
    { key: "dueAt", label: t("due"), width: 200, cell: (plan) => <DueCell plan={plan} /> },
    { key: "customer", label: t("customer"), width: 160, cell: (plan) => <CustomerCell plan={plan} /> },
    { key: "what", label: t("what"), cell: (plan) => <WhatCell plan={plan} rule={rule} /> },
    {
      key: "enteredAt",
      label: t("underWay"),
      width: 160,
      wideOnly: true,
      cell: (plan) => <When at={plan.enteredAt} />,
    },
    { key: "cancel", label: parts("actions"), width: 140, cell: (plan) => <CancelCell plan={plan} rule={rule} /> },
  ];
  return (
    <Card flush>
      <Rows
        label={t("tabs.planned")}
        columns={columns}
        list={list}
        keyOf={(plan) => plan.id}
        empty={<Empty title={t("noPlans")} hint={t("noPlansHint")} icon={IconCalendarTime} />}
      />
    </Card>
  );
}

function DueCell({ plan }: { plan: RulePlan }) {
  const t = useTranslations("automation");
  return (
    <>
      <When at={plan.dueAt} />{" "}
      {plan.waitsForCondition && (
        <Text span size="xs" c="dimmed">
          {t("mayComeEarlier")}
        </Text>
      )}
    </>
  );
}

function CustomerCell({ plan }: { plan: RulePlan }) {
  const t = useTranslations("automation");
  return (
    <Anchor component={Link} to={`/customers/${plan.customerId}`} size="sm">
      {plan.customerName ?? t("customerNumber", { id: plan.customerId })}
    </Anchor>
  );
}

type PlanProps = { plan: RulePlan; rule: Rule };

/** What will happen: the action, or the step somebody stands at; by its place where the rule has been changed since. */
function usePlanText(): (of: PlanProps) => string {
  const deedText = useDeedText();
  const stepText = useStepText();
  const pathText = usePathText();
  const triggerText = useTriggerText();
  return ({ plan, rule }) => {
    if (plan.action) return deedText(plan.action);
    const found = plan.version === rule.version ? valueAt(rule, plan.path) : undefined;
    if (found === undefined) return pathText(plan.path);
    if (plan.kind === "timer") return triggerText(found as Rule["triggers"][number]);
    return `${stepText(found as JourneyStep)} (${pathText(plan.path)})`;
  };
}

function WhatCell({ plan, rule }: PlanProps) {
  const textOf = usePlanText();
  return textOf({ plan, rule });
}

/** Triggers that come by time stand by themselves: they cannot be taken back, only the rule can be changed. */
function CancelCell({ plan, rule }: PlanProps) {
  const t = useTranslations("automation");
  const may = useMay();
  const toasts = useToasts();
  const queries = useQueryClient();
  const textOf = usePlanText();
  if (plan.kind === "timer" || !may("rules:write")) return null;
  const customer = plan.customerName ?? t("customerNumber", { id: plan.customerId });
  const act = async () => {
    await cancelPlan(plan.customerId, plan.id);
    toasts.done(t("planCancelled"));
    await queries.invalidateQueries({ queryKey: [`${rulesPath}/${rule.id}/plans`] });
    await queries.invalidateQueries({ queryKey: [rulesPath] });
  };
  return (
    <ConfirmButton
      size="compact-sm"
      label={t("cancelPlan")}
      ariaLabel={t("cancelPlanOf", { customer })}
      title={t("cancelPlanTitle")}
      text={
        plan.kind === "journey"
          ? t("leaveJourneyText", { customer })
          : t("cancelPlanText", { what: textOf({ plan, rule }), customer })
      }
      verb={t("cancelPlanVerb")}
      act={act}
    />
  );
}
