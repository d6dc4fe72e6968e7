// What a merge would do beside the fields: what moves, which segments there are, what is worth knowing.
import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconHandStop, IconUserQuestion } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { MergedSegment, MergePlan } from "@/api/types";
import { Card } from "@/parts/page";
import { ReasonList } from "./reason-list";

/** What of the rows that move says something to people. */
const telling = [
  "activities",
  "messages",
  "webhook_deliveries",
  "rule_plans",
  "consents",
  "subscriptions",
  "identities",
  "customer_notes",
  "jobs",
] as const;

export function Objections({ plan }: { plan: MergePlan }) {
  const t = useTranslations("merging");
  if (plan.refusals.length + plan.confirmations.length + plan.warnings.length === 0) return null;
  return (
    <Stack gap="sm">
      {plan.refusals.length > 0 && (
        <Alert color="red" icon={<IconHandStop size={18} />} title={t("refused")} role="alert">
          <ReasonList reasons={plan.refusals} />
        </Alert>
      )}
      {plan.confirmations.length > 0 && (
        <Alert color="orange" icon={<IconUserQuestion size={18} />} title={t("maybeTwo")}>
          <ReasonList reasons={plan.confirmations} />
        </Alert>
      )}
      {plan.warnings.length > 0 && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} title={t("goodToKnow")}>
          <ReasonList reasons={plan.warnings} />
        </Alert>
      )}
    </Stack>
  );
}

export function Consequences({ plan }: { plan: MergePlan }) {
  const t = useTranslations("merging");
  const moving = telling.filter((kind) => (plan.moves[kind] ?? 0) > 0);
  return (
    <Card title={t("consequences")} hint={t("consequencesHint")}>
      <Stack gap="md">
        <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {moving.length === 0 && <Text size="sm">{t("nothingMoves")}</Text>}
          {moving.map((kind) => (
            <Text key={kind} size="sm" component="li">
              {t(`moves.${kind}`, { count: plan.moves[kind] ?? 0 })}
            </Text>
          ))}
        </Stack>
        <Segments segments={plan.segments} />
      </Stack>
    </Card>
  );
}

function Segments({ segments }: { segments: MergedSegment[] }) {
  const t = useTranslations("merging");
  if (segments.length === 0) return null;
  const newOnes = segments.filter(({ survivor, calculated }) => !survivor && !calculated);
  const judged = segments.filter(({ survivor, other, calculated }) => calculated && survivor !== other);
  const kept = segments.filter((segment) => !newOnes.includes(segment) && !judged.includes(segment));
  return (
    <Stack gap="xs">
      <Named title={t("segmentsJoined")} segments={newOnes} />
      <Named title={t("segmentsJudged")} segments={judged} />
      <Named title={t("segmentsKept")} segments={kept} />
    </Stack>
  );
}

function Named({ title, segments }: { title: string; segments: MergedSegment[] }) {
  if (segments.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <Group gap={4}>
        {segments.map(({ id, name, calculated }) => (
          <Badge key={id} color={calculated ? "blue" : "gray"}>
            {name}
          </Badge>
        ))}
      </Group>
    </div>
  );
}
