// Every answer a customer gave: when, where, and who wrote it down.
import { Box, Button, Group, Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { ConsentAnswer } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { When } from "@/parts/when";
import { AnswerBadge } from "./answer-badge";
import { answersPath } from "./queries";

export function History({ customer }: { customer: number }) {
  const t = useTranslations("consents");
  const parts = useTranslations("parts");
  const list = useCursorList<ConsentAnswer>(answersPath(customer));
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  if (list.isLoading) return <LoadingLines lines={3} />;
  if (list.items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noHistory")}
      </Text>
    );
  }
  return (
    <Box>
      <ol className="plain-list" aria-label={t("history")}>
        {list.items.map((answer) => (
          <AnswerRow key={answer.id} answer={answer} />
        ))}
      </ol>
      {list.hasMore && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" loading={list.isFetching} onClick={list.loadMore}>
            {parts("loadMore")}
          </Button>
        </Group>
      )}
    </Box>
  );
}

function AnswerRow({ answer: { purpose, granted, answeredAt, source, note, actor } }: { answer: ConsentAnswer }) {
  const t = useTranslations("consents");
  return (
    <li>
      <Group justify="space-between" gap="2px 12px">
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {purpose}
          </Text>
          <AnswerBadge granted={granted} />
        </Group>
        <Text size="sm" c="dimmed">
          <When at={answeredAt} exact />
        </Text>
      </Group>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {source}
      </Text>
      <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {note}
      </Text>
      <Text size="xs" c="dimmed">
        {t("writtenBy", { name: actor.name })}
      </Text>
    </li>
  );
}
