// What will happen with a customer: actions and journeys of rules, mails on their way, and moments at which a segment may change.
import { Anchor, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { type Icon, IconBolt, IconClock, IconRoute, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { Action, UpcomingItem } from "@/api/types";
import { cancelPlan } from "@/automation/plans";
import { useDeedText, usePathText } from "@/automation/texts";
import { jobsPath } from "@/jobs/queries";
import { useReason } from "@/mail/state";
import { ConfirmButton } from "@/parts/confirm";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";

type Props = { items: UpcomingItem[]; customer: number };

export function UpcomingItems({ items, customer }: Props) {
  return (
    <Stack gap="sm">
      {items.map((item) => (
        <Item key={keyOf(item)} item={item} customer={customer} />
      ))}
    </Stack>
  );
}

function keyOf({ kind, at, title, detail }: UpcomingItem): string {
  return [kind, detail.planId, detail.jobId, at, title].join(" ");
}

const pictures: Record<UpcomingItem["kind"], { icon: Icon; color: string }> = {
  action: { icon: IconBolt, color: "orange" },
  journey: { icon: IconRoute, color: "pine" },
  segment_check: { icon: IconClock, color: "blue" },
};

type ItemProps = { item: UpcomingItem; customer: number };

function Item({ item, customer }: ItemProps) {
  const t = useTranslations("customers");
  const titleOf = useTitle();
  const reasonOf = useReason();
  const { icon: Picture, color } = pictures[item.kind];
  const title = titleOf(item);
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon size={26} radius="xl" variant="light" color={color} aria-hidden>
        <Picture size={14} />
      </ThemeIcon>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
          {title}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <RuleLink item={item} />
          {typeof item.detail.problem === "string" && `${reasonOf(item.detail.problem)} · `}
          <When at={item.at} />
          {item.detail.waitsForCondition === true && ` ${t("upcomingEarlier")}`}
        </Text>
      </div>
      <CancelButton item={item} customer={customer} title={title} />
    </Group>
  );
}

/** The words of the rule page for the same things; a mail on its way is not an action of a rule any more. */
function useTitle(): (item: UpcomingItem) => string {
  const t = useTranslations("customers");
  const deedText = useDeedText();
  const pathText = usePathText();
  return ({ kind, title, detail }) => {
    if (kind === "segment_check") return t("upcomingCheck");
    if (kind === "journey") return t("upcomingJourney", { place: pathText(String(detail.path ?? "")) });
    if (detail.jobId !== undefined) {
      return typeof detail.about === "string" ? t("upcomingMail", { name: detail.about }) : t("upcomingMailOnItsWay");
    }
    const action = detail.action as Action | null;
    if (action) return deedText(action);
    return detail.ruleName === null ? t("gone.rule") : title;
  };
}

function RuleLink({ item: { detail } }: { item: UpcomingItem }) {
  if (typeof detail.ruleId !== "number" || typeof detail.ruleName !== "string") return null;
  return (
    <>
      <Anchor component={Link} to={`/rules/${detail.ruleId}`} size="xs">
        {detail.ruleName}
      </Anchor>{" "}
      ·{" "}
    </>
  );
}

/** What a rule has planned is taken back as such; a mail on its way is a job. */
function CancelButton({ item: { kind, detail }, customer, title }: ItemProps & { title: string }) {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const plan = typeof detail.planId === "number" && may("rules:write") ? detail.planId : null;
  const job = typeof detail.jobId === "number" && may("jobs:write") ? detail.jobId : null;
  if (plan === null && job === null) return null;
  const act = async () => {
    if (plan !== null) await cancelPlan(customer, plan);
    else await post(`${jobsPath}/${job}/cancel`);
    toasts.done(t("upcomingCancelled"));
    await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer)] });
  };
  return (
    <ConfirmButton
      size="compact-sm"
      variant="subtle"
      color="gray"
      label={<IconX size={14} aria-hidden />}
      ariaLabel={t("cancelUpcoming", { what: title })}
      title={t("cancelUpcomingTitle")}
      text={kind === "journey" ? t("leaveJourneyText") : t("cancelUpcomingText", { what: title })}
      verb={t("cancelUpcomingVerb")}
      act={act}
    />
  );
}
