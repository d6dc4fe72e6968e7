// What is built on a segment: other segments, rules, its target group.
import { Anchor, Badge, Group, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Segment, SegmentUse } from "@/api/types";
import { Card } from "@/parts/page";
import { usesQuery } from "./queries";

export function UsesCard({ segment }: { segment: Segment }) {
  const t = useTranslations("segments.uses");
  const { data: uses } = useQuery(usesQuery(segment.id));
  if (!uses) return null;
  return (
    <Card title={t("title")}>
      {uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      ) : (
        <UseList uses={uses} label={t("title")} />
      )}
    </Card>
  );
}

export function UseList({ uses, label }: { uses: SegmentUse[]; label: string }) {
  const t = useTranslations("segments.uses");
  return (
    <List size="sm" listStyleType="none" spacing={6} aria-label={label}>
      {uses.map((use) => (
        <List.Item key={`${use.kind} ${use.id} ${use.via}`}>
          <Group gap={8}>
            <Badge color="gray">{t(`kinds.${use.kind}`)}</Badge>
            <UserName use={use} />
            <Text span size="xs" c="dimmed">
              {t(`via.${use.via}`)}
            </Text>
          </Group>
        </List.Item>
      ))}
    </List>
  );
}

const pages = { segment: "/segments", rule: "/rules", target_group: null };

function UserName({ use: { kind, id, name } }: { use: SegmentUse }) {
  const page = pages[kind];
  if (page === null) return <span>{name}</span>;
  return (
    <Anchor component={Link} to={`${page}/${id}`} size="sm">
      {name}
    </Anchor>
  );
}
