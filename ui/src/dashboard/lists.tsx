// The smaller figures of the dashboard: activity types, segments and how they moved, rules, mail, and what waits.
import { Box, Group, Progress, Stack, Text } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Dashboard } from "@/api/types";
import { Count } from "@/parts/count";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { When } from "@/parts/when";
import { changeOf } from "./change";
import { useTypeLabel } from "./charts";
import { movers } from "./movers";
import { activeIn, type Days, momentsOf } from "./range";

const TYPES_MAX = 6;
const SEGMENTS_MAX = 10;
const RULES_MAX = 5;

export function ActivityTypes({ types, range }: { types: Dashboard["activities"]["byType"]; range: Days }) {
  const t = useTranslations("dashboard");
  const labelOf = useTypeLabel();
  const most = Math.max(1, ...types.map(({ count }) => count));
  return (
    <Card title={t("activityTypes")}>
      {types.length === 0 && <Empty title={t("noActivities")} hint={t("noActivitiesHint")} />}
      <Stack gap={6}>
        {types.slice(0, TYPES_MAX).map(({ type, count, countBefore }) => (
          <Box key={type} pos="relative" py={4}>
            <Group justify="space-between" mb={4}>
              <Link to="/customers" search={{ filter: activeIn(range, type) }} className="row-link">
                <Text size="sm">{labelOf(type)}</Text>
              </Link>
              <Text size="sm">
                <Against value={count} before={countBefore} /> <Count of={count} />
              </Text>
            </Group>
            <Progress value={(100 * count) / most} size={4} aria-hidden />
          </Box>
        ))}
      </Stack>
    </Card>
  );
}

/** How much more or less than in the period before. */
export function Against({ value, before }: { value: number; before: number }) {
  const t = useTranslations("dashboard");
  const format = useFormatter();
  const change = changeOf(value, before);
  if (change === null) return null;
  const shown = format.number(change, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 0 });
  return (
    <Text span inherit c="dimmed" className="figures" title={t("against", { before })}>
      {shown}
    </Text>
  );
}

export function SegmentFigures({ segments }: { segments: Dashboard["segments"] }) {
  const t = useTranslations("dashboard");
  const shown = movers(segments, SEGMENTS_MAX);
  return (
    <Card title={t("segments")} hint={segments.length > SEGMENTS_MAX ? t("movers") : undefined} flush>
      {segments.length === 0 ? (
        <Empty title={t("noSegments")} hint={t("noSegmentsHint")} />
      ) : (
        <Box style={{ overflowX: "auto" }}>
          <table className="rows compact">
            <thead>
              <tr>
                <th scope="col">{t("segment")}</th>
                <th scope="col" className="end">
                  {t("size")}
                </th>
                <th scope="col" className="end">
                  {t("entered")}
                </th>
                <th scope="col" className="end">
                  {t("left")}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((segment) => (
                <SegmentRow key={segment.id} segment={segment} />
              ))}
            </tbody>
          </table>
        </Box>
      )}
    </Card>
  );
}

function SegmentRow({ segment }: { segment: Dashboard["segments"][number] }) {
  return (
    <tr>
      <td>
        <Link to="/segments/$id" params={{ id: String(segment.id) }} search={{ tab: "members" }} className="row-link">
          {segment.name}
        </Link>{" "}
        <Text span size="xs" c="dimmed" visibleFrom="sm">
          {segment.groupName}
        </Text>
      </td>
      <td className="end">
        <Count of={segment.size} />
      </td>
      <td className="end" style={{ color: segment.entered > 0 ? "var(--regulars-good)" : undefined }}>
        {segment.entered > 0 ? "+" : ""}
        <Count of={segment.entered} />
      </td>
      <td className="end" style={{ color: segment.left > 0 ? "var(--regulars-bad)" : undefined }}>
        {segment.left > 0 ? "−" : ""}
        <Count of={segment.left} />
      </td>
    </tr>
  );
}

export function RuleFigures({ rules, range }: { rules: Dashboard["rules"]; range: Days }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("rules")}>
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noRules")}
        </Text>
      )}
      <Stack gap={8}>
        {rules.slice(0, RULES_MAX).map((rule) => (
          <Line
            key={rule.id}
            name={
              <Link
                to="/rules/$id"
                params={{ id: String(rule.id) }}
                search={{ tab: "runs", ...momentsOf(range) }}
                className="row-link"
              >
                {rule.name}
              </Link>
            }
          >
            {rule.active ? (
              <>
                <Against value={rule.fired} before={rule.firedBefore} />{" "}
                {t("fired", { fired: rule.fired, all: rule.fired + rule.notFired })}
              </>
            ) : (
              t("switchedOff")
            )}
          </Line>
        ))}
      </Stack>
    </Card>
  );
}

/** Where the messages behind each figure are; what is under way now stands in several states, first of all planned. */
const mailFigures = [
  { figure: "sent", before: "sentBefore", search: { state: "sent" } },
  { figure: "queued", before: null, search: { state: "planned" } },
  { figure: "failed", before: "failedBefore", search: { state: "failed" } },
  { figure: "withheld", before: "withheldBefore", search: { state: "suppressed" } },
  { figure: "bounced", before: "bouncedBefore", search: { cameBack: "bounced" } },
  { figure: "complained", before: "complainedBefore", search: { cameBack: "complained" } },
] as const;
const ALARMING = ["failed", "complained"];

export function MailFigures({ mail, range }: { mail: Dashboard["mail"]; range: Days }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("mail")}>
      <Stack gap={8}>
        {mailFigures.map(({ figure, before, search }) => (
          <Line
            key={figure}
            name={
              <Link to="/messages" search={before ? { ...search, ...momentsOf(range) } : search} className="row-link">
                {t(`mailStates.${figure}`)}
              </Link>
            }
            alarm={ALARMING.includes(figure) && mail[figure] > 0}
          >
            {before && <Against value={mail[figure]} before={mail[before]} />} <Count of={mail[figure]} />
          </Line>
        ))}
      </Stack>
    </Card>
  );
}

/** What waits for a person or for the worker. */
export function Waiting({ data: { duplicates, jobs, mail, webhooks } }: { data: Dashboard }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("waiting")}>
      <Stack gap={8}>
        <Line name={<Lead to="/duplicates" search={{ tab: "open" }} text={t("openPairs")} />}>
          <Count of={duplicates.open} />
        </Line>
        <Line name={<Lead to="/messages" search={{ state: "planned" }} text={t("mailsWaiting")} />}>
          <Count of={mail.queued} />
        </Line>
        <Line name={<Lead to="/webhooks" text={t("deliveriesWaiting")} />}>
          <Count of={webhooks.waiting} />
        </Line>
        {(["running", "queued", "dead"] as const).map((state) => (
          <Line
            key={state}
            name={<Lead to="/jobs" search={{ state }} text={t(`jobStates.${state}`)} />}
            alarm={state === "dead" && jobs.dead > 0}
          >
            <Count of={jobs[state]} />
          </Line>
        ))}
        {jobs.waitingSince && (
          <Line name={t("waitingSince")}>
            <When at={jobs.waitingSince} />
          </Line>
        )}
      </Stack>
    </Card>
  );
}

type LeadProps = Pick<LinkProps, "to" | "search"> & { text: string };

function Lead({ text, ...target }: LeadProps) {
  return (
    <Link {...target} className="row-link">
      {text}
    </Link>
  );
}

export function Line({ name, alarm = false, children }: { name: ReactNode; alarm?: boolean; children: ReactNode }) {
  return (
    <Group justify="space-between" pos="relative" wrap="nowrap" gap="xs">
      <Text size="sm" truncate>
        {name}
      </Text>
      <Text
        size="sm"
        c={alarm ? undefined : "dimmed"}
        fw={alarm ? 650 : 400}
        className="figures"
        style={{ whiteSpace: "nowrap", color: alarm ? "var(--regulars-bad)" : undefined }}
      >
        {children}
      </Text>
    </Group>
  );
}
