// The smaller figures of the dashboard: activity types, segments and how they moved, rules, mail and jobs.
import { Box, Group, Progress, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Dashboard } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { Count } from "@/parts/count";
import { Empty } from "@/parts/empty";
import { Card } from "@/parts/page";
import { readable } from "@/parts/readable";
import { activeWithin } from "./headline";

const TYPES_MAX = 6;
const SEGMENTS_MAX = 10;
const RULES_MAX = 5;

export function ActivityTypes({ types, days }: { types: Dashboard["activities"]["byType"]; days: number }) {
  const t = useTranslations("dashboard");
  const { activityTypes } = useCatalogue();
  const labelOf = (name: string) => activityTypes.find((type) => type.name === name)?.label ?? readable(name);
  const most = Math.max(1, ...types.map(({ count }) => count));
  return (
    <Card title={t("activityTypes")}>
      {types.length === 0 && <Empty title={t("noActivities")} hint={t("noActivitiesHint")} />}
      <Stack gap={6}>
        {types.slice(0, TYPES_MAX).map(({ type, count }) => (
          <Box key={type} pos="relative" py={4}>
            <Group justify="space-between" mb={4}>
              <Link to="/customers" search={{ filter: activeWithin(days, type) }} className="row-link">
                <Text size="sm">{labelOf(type)}</Text>
              </Link>
              <Text size="sm">
                <Count of={count} />
              </Text>
            </Group>
            <Progress value={(100 * count) / most} size={4} aria-hidden />
          </Box>
        ))}
      </Stack>
    </Card>
  );
}

export function SegmentFigures({ segments }: { segments: Dashboard["segments"] }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("segments")} flush>
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
              {segments.slice(0, SEGMENTS_MAX).map((segment) => (
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

export function RuleFigures({ rules }: { rules: Dashboard["rules"] }) {
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
              <Link to="/rules/$id" params={{ id: String(rule.id) }} search={{ tab: "runs" }} className="row-link">
                {rule.name}
              </Link>
            }
          >
            {rule.active ? t("fired", { fired: rule.fired, all: rule.fired + rule.notFired }) : t("switchedOff")}
          </Line>
        ))}
      </Stack>
    </Card>
  );
}

/** Where the deliveries behind each figure are; what is under way stands in several states, first of all planned. */
const mailFigures = [
  { figure: "sent", state: "sent" },
  { figure: "queued", state: "planned" },
  { figure: "failed", state: "failed" },
  { figure: "withheld", state: "suppressed" },
] as const;

export function MailFigures({ mail }: { mail: Dashboard["mail"] }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("mail")}>
      <Stack gap={8}>
        {mailFigures.map(({ figure, state }) => (
          <Line
            key={figure}
            name={
              <Link to="/messages" search={{ state }} className="row-link">
                {t(`mailStates.${figure}`)}
              </Link>
            }
            alarm={figure === "failed" && mail.failed > 0}
          >
            <Count of={mail[figure]} />
          </Line>
        ))}
      </Stack>
    </Card>
  );
}

export function JobFigures({ jobs }: { jobs: Dashboard["jobs"] }) {
  const t = useTranslations("dashboard");
  return (
    <Card title={t("jobs")}>
      <Stack gap={8}>
        {(["running", "queued", "dead"] as const).map((state) => (
          <Line
            key={state}
            name={
              <Link to="/jobs" search={{ state }} className="row-link">
                {t(`jobStates.${state}`)}
              </Link>
            }
            alarm={state === "dead" && jobs.dead > 0}
          >
            <Count of={jobs[state]} />
          </Line>
        ))}
      </Stack>
    </Card>
  );
}

function Line({ name, alarm = false, children }: { name: ReactNode; alarm?: boolean; children: ReactNode }) {
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
