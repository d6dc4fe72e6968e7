// The segments filled by hand that a customer is not in, group by group: dragged from here, or chosen by their names.
import { Badge, Select, Stack, Text } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Customer, Segment } from "@/api/types";
import { groupsQuery, segmentsQuery } from "@/segments/queries";
import { type Hold, takenBy } from "./segment-drag";

type Props = { customer: Customer; hold: Hold; add: (segment: Segment) => void };

export function SegmentsByHand({ customer, hold, add }: Props) {
  const t = useTranslations("customers");
  const { data: segments = [] } = useQuery(segmentsQuery);
  const { data: groups = [] } = useQuery(groupsQuery);
  const present = new Set(customer.segments.map(({ id }) => id));
  const offered = segments.filter(({ id, calculated }) => !calculated && !present.has(id));
  const sections = groups
    .map((group) => ({ group, segments: offered.filter(({ groupId }) => groupId === group.id) }))
    .filter((section) => section.segments.length > 0);
  return (
    <Stack gap="sm">
      <Select
        searchable
        label={t("addToSegment")}
        description={t("addToSegmentHint")}
        placeholder={t("chooseSegment")}
        nothingFoundMessage={t("noManualSegments")}
        value={null}
        onChange={(value) => {
          const segment = offered.find(({ id }) => String(id) === value);
          if (segment) add(segment);
        }}
        data={sections.map(({ group, segments: inIt }) => ({
          group: group.name,
          items: inIt.map(({ id, name }) => ({ value: String(id), label: name })),
        }))}
      />
      <Text size="sm" c="dimmed">
        {t(sections.length > 0 ? "dragSegments" : "noManualSegments")}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too */}
      <section className="segments-by-hand" aria-label={t("segmentsByHand")} tabIndex={0}>
        {sections.map(({ group, segments: inIt }) => (
          <section key={group.id} aria-label={group.name}>
            <Text size="xs" fw={600} c="dimmed" mb={4}>
              {group.name}
            </Text>
            <ul>
              {inIt.map(({ id, name }) => (
                <li key={id} {...takenBy(hold, { id, name, isIn: false })}>
                  <Badge color="gray" size="lg" leftSection={<IconGripVertical size={13} aria-hidden />}>
                    {name}
                  </Badge>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </section>
    </Stack>
  );
}
