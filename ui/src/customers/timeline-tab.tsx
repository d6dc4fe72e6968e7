// Everything that happened with a customer in one line of time, newest first, narrowed by kind and by words.
import { Box, Button, Chip, Group, Stack, Text, TextInput, ThemeIcon } from "@mantine/core";
import {
  type Icon,
  IconActivity,
  IconArrowBarLeft,
  IconArrowBarToRight,
  IconArrowsJoin2,
  IconArrowsSplit2,
  IconBolt,
  IconMail,
  IconNote,
  IconPencil,
  IconSearch,
  IconShieldCheck,
  IconTimeline,
} from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Customer, TimelineItem, TimelineKind } from "@/api/types";
import { PAGE_SIZE, useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { useUntilFull } from "@/parts/until-full";
import { When } from "@/parts/when";
import { DensityStrip } from "./density-strip";
import { customersPath } from "./queries";
import { fits } from "./timeline";
import { EntryDetail, useEntryTitle } from "./timeline-entry";

const route = getRouteApi("/inside/customers/$id");
/** Words are looked for here, in as many entries as the server gives at a time. */
const SEARCHED_AT_ONCE = 500;
const kinds: TimelineKind[] = [
  "activity",
  "segment_entered",
  "segment_left",
  "mail",
  "rule",
  "note",
  "consent",
  "edit",
  "merge",
  "unmerge",
];
const pictures: Record<TimelineKind, { icon: Icon; color: string }> = {
  activity: { icon: IconActivity, color: "pine" },
  note: { icon: IconNote, color: "yellow" },
  consent: { icon: IconShieldCheck, color: "pine" },
  segment_entered: { icon: IconArrowBarToRight, color: "blue" },
  segment_left: { icon: IconArrowBarLeft, color: "gray" },
  edit: { icon: IconPencil, color: "gray" },
  mail: { icon: IconMail, color: "grape" },
  merge: { icon: IconArrowsJoin2, color: "pine" },
  unmerge: { icon: IconArrowsSplit2, color: "gray" },
  rule: { icon: IconBolt, color: "orange" },
};

export function TimelineTab({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const parts = useTranslations("parts");
  const { kinds: chosen = [], q = "", until } = route.useSearch();
  const isSearched = q.trim() !== "";
  const list = useCursorList<TimelineItem>(`${customersPath}/${customer.id}/timeline`, {
    kinds: chosen.length > 0 ? chosen.join(",") : undefined,
    until,
    limit: isSearched ? SEARCHED_AT_ONCE : PAGE_SIZE,
  });
  const titleOf = useEntryTitle();
  const shown = list.items.filter((item) => fits({ ...item, title: titleOf(item) }, chosen, q));
  const subject = JSON.stringify([chosen, q, until]);
  const { isLooking, loadMore } = useUntilFull(list, shown.length, isSearched, subject);
  const isNarrowed = list.items.length > 0 || chosen.length > 0 || until !== undefined;
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  return (
    <Box>
      <DensityStrip customer={customer} />
      <TimelineFilter chosen={chosen} q={q} />
      {list.isLoading && <LoadingLines lines={8} />}
      {!list.isLoading && isLooking && (
        <Text p="md" size="sm" c="dimmed" role="status">
          {t("timelineLooking")}
        </Text>
      )}
      {!list.isLoading && !isLooking && !list.error && !list.hasMore && shown.length === 0 && (
        <Empty
          icon={IconTimeline}
          title={t(isNarrowed ? "timelineNothingFits" : "timelineEmpty")}
          hint={t(isNarrowed ? "timelineNothingFitsHint" : "timelineEmptyHint")}
        />
      )}
      <Stack component="ol" gap={0} m={0} p={0} style={{ listStyle: "none" }}>
        {shown.map((item) => (
          <Entry key={`${item.kind} ${item.id}`} item={item} />
        ))}
      </Stack>
      {list.error != null && <Failure error={list.error} retry={list.retry} />}
      {list.hasMore && !isLooking && !list.error && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" loading={list.isFetching} onClick={loadMore}>
            {parts("loadMore")}
          </Button>
        </Group>
      )}
    </Box>
  );
}

function TimelineFilter({ chosen, q }: { chosen: string[]; q: string }) {
  const t = useTranslations("customers");
  const navigate = route.useNavigate();
  const change = (part: { kinds?: string[]; q?: string }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <Group gap={6} p="sm" style={{ borderBottom: "1px solid var(--regulars-line)" }}>
      <TextInput
        size="xs"
        w={190}
        type="search"
        aria-label={t("timelineSearch")}
        placeholder={t("timelineSearch")}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={q}
        onChange={(event) => change({ q: event.currentTarget.value || undefined })}
      />
      <Chip.Group multiple value={chosen} onChange={(next) => change({ kinds: next.length > 0 ? next : undefined })}>
        <Group gap={4}>
          {kinds.map((kind) => (
            <Chip key={kind} size="xs" value={kind}>
              {t(`kinds.${kind}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Group>
  );
}

function Entry({ item }: { item: TimelineItem }) {
  const t = useTranslations("customers");
  const titleOf = useEntryTitle();
  const { icon: Picture, color } = pictures[item.kind] ?? pictures.activity;
  return (
    <Group
      component="li"
      gap="sm"
      px="md"
      py={10}
      wrap="nowrap"
      align="flex-start"
      style={{ borderBottom: "1px solid var(--regulars-line)" }}
    >
      <ThemeIcon size={28} radius="xl" variant="light" color={color} aria-hidden>
        <Picture size={15} />
      </ThemeIcon>
      <Box flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Text size="sm" fw={550}>
            {titleOf(item)}{" "}
            <Text span size="xs" c="dimmed" fw={400}>
              {t(`kinds.${item.kind}`)}
            </Text>
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            <When at={item.at} />
          </Text>
        </Group>
        <EntryDetail item={item} />
      </Box>
    </Group>
  );
}
