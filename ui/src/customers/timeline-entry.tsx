// What an entry of the timeline says beneath its title, by kind: never its raw record.
import { Badge, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { MessageState, RunOutcome, TimelineItem } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { AnswerBadge } from "@/consents/answer-badge";
import { StateBadge, useReason } from "@/mail/state";
import { useActorName } from "@/parts/actor";
import { Details } from "@/parts/details";
import { later } from "@/parts/later";
import { LoadingLines } from "@/parts/loading";
import { useFieldLabel } from "./field-label";

const MergeEntry = later(() => import("@/merging/entry"), "MergeEntry", <LoadingLines lines={1} />);

type Detail = Record<string, unknown>;

/** What the server calls a mail that has no subject yet, and whose template is gone. */
const NO_SUBJECT = "a deleted template";

/** Edits are called by the fields they changed, in the reader's words; everything else by its own name. */
export function useEntryTitle(): (item: TimelineItem) => string {
  const t = useTranslations("customers");
  const { activityTypes } = useCatalogue();
  const labelOf = useFieldLabel();
  return ({ kind, title, detail }) => {
    if (kind === "activity") return activityTypes.find(({ name }) => name === detail.type)?.label ?? title;
    if (kind === "rule" && detail.ruleName === null) return t("gone.rule");
    if (detail.segmentId !== undefined && detail.segmentName === null) return t("gone.segment");
    if (kind === "mail" && detail.templateName === null && title === NO_SUBJECT) return t("gone.template");
    if (kind !== "edit") return title || t(`kinds.${kind}`);
    const names = Object.keys((detail.changes as Detail | undefined) ?? {}).map(
      (pointer) => steps(pointer).at(-1) ?? "",
    );
    if (names.length === 0) return t("editCreated");
    return names.map(labelOf).join(", ");
  };
}

export function EntryDetail({ item }: { item: TimelineItem }) {
  const { detail } = item;
  switch (item.kind) {
    case "activity":
      return <Details of={detail.attributes} />;
    case "note":
      return <Muted>{text(detail.text)}</Muted>;
    case "consent":
      return <ConsentDetail detail={detail} />;
    case "edit":
      return (
        <>
          <Details of={detail.changes} />
          <Author detail={detail} />
        </>
      );
    case "mail":
      return <MailDetail detail={detail} />;
    case "merge":
    case "unmerge":
      return <MergeEntry detail={detail} />;
    case "rule":
      return <RuleDetail detail={detail} />;
    default:
      return <CauseDetail detail={detail} />;
  }
}

function Muted({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {children}
    </Text>
  );
}

function Author({ detail }: { detail: Detail }) {
  const nameOf = useActorName();
  return <Muted>{nameOf(detail.actor as { kind?: string; name?: string } | undefined)}</Muted>;
}

function ConsentDetail({ detail }: { detail: Detail }) {
  const { granted } = detail;
  return (
    <>
      <Group gap="xs">
        <AnswerBadge granted={typeof granted === "boolean" ? granted : null} />
        <Muted>{text(detail.source)}</Muted>
      </Group>
      <Muted>{text(detail.note)}</Muted>
      <Author detail={detail} />
    </>
  );
}

function MailDetail({ detail }: { detail: Detail }) {
  const reasonOf = useReason();
  const badge = <StateBadge state={detail.state as MessageState} />;
  return (
    <Group gap="xs">
      {typeof detail.messageId === "number" ? (
        <Link to="/messages/$id" params={{ id: String(detail.messageId) }}>
          {badge}
        </Link>
      ) : (
        badge
      )}
      <Muted>{[text(detail.recipient), reasonOf(text(detail.problem))].filter(Boolean).join(" · ")}</Muted>
    </Group>
  );
}

function RuleDetail({ detail }: { detail: Detail }) {
  const t = useTranslations("automation.outcomes");
  const outcome = <Badge color="gray">{t(detail.outcome as RunOutcome)}</Badge>;
  if (typeof detail.ruleId !== "number") return outcome;
  return (
    <Link to="/rules/$id" params={{ id: String(detail.ruleId) }} search={{ tab: "runs" }}>
      {outcome}
    </Link>
  );
}

const causes = ["activity", "customer", "time", "rebuild", "rule", "person", "import", "segment"] as const;
type Cause = (typeof causes)[number];

export function causeOf(cause: unknown): Cause | null {
  const by = typeof cause === "object" && cause !== null ? (cause as { by?: unknown }).by : null;
  return causes.find((known) => known === by) ?? null;
}

function CauseDetail({ detail }: { detail: Detail }) {
  const t = useTranslations("customers.causes");
  const cause = causeOf(detail.cause);
  if (cause === null) return null;
  if (detail.ruleName === null) return <Muted>{t("goneRule")}</Muted>;
  if (detail.causeSegmentName === null) return <Muted>{t("goneSegment")}</Muted>;
  return <Muted>{t(cause, { name: text(detail.ruleName) || text(detail.causeSegmentName) })}</Muted>;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
