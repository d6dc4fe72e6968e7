// Every mail to a customer and what became of it.
import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { IconMailFast } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Message } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { MessageFilters } from "./message-filters";
import { messagesPath } from "./queries";
import { StateBadge, useReason } from "./state";

const route = getRouteApi("/inside/messages");
const REFRESH_EVERY_MS = 5_000;

export function MessageList() {
  const t = useTranslations("mail");
  const search = route.useSearch();
  const list = useCursorList<Message>(messagesPath, search, {
    refetchEveryMs: (messages) => (messages.some(isUnderWay) ? REFRESH_EVERY_MS : 0),
  });
  const columns: Column<Message>[] = [
    { key: "recipient", label: t("recipient"), cell: (message) => <Recipient message={message} /> },
    { key: "subject", label: t("subject"), wideOnly: true, cell: (message) => message.subject || "–" },
    { key: "state", label: t("state"), width: 320, cell: (message) => <State message={message} /> },
    {
      key: "createdAt",
      label: t("createdAt"),
      width: 140,
      wideOnly: true,
      cell: (message) => <When at={message.createdAt} />,
    },
    { key: "sentAt", label: t("sentAt"), width: 140, cell: (message) => <When at={message.sentAt} /> },
  ];
  const isNarrowed = Object.values(search).some((value) => value !== undefined);
  return (
    <Page title={t("messages")} hint={t("messagesHint")}>
      <Card flush>
        <MessageFilters />
        <Rows
          label={t("messages")}
          columns={columns}
          list={list}
          keyOf={(message) => message.id}
          empty={
            isNarrowed ? (
              <Empty title={t("nothingFits")} hint={t("nothingFitsHint")} icon={IconMailFast} />
            ) : (
              <Empty title={t("noMessages")} hint={t("noMessagesHint")} icon={IconMailFast} />
            )
          }
        />
      </Card>
    </Page>
  );
}

function isUnderWay({ state }: Message): boolean {
  return state === "planned" || state === "sending";
}

/** Who gets it is known once it goes out; until then the customer is named by number. */
function Recipient({ message }: { message: Message }) {
  const t = useTranslations("mail");
  return (
    <Link to="/messages/$id" params={{ id: String(message.id) }} className="row-link">
      {message.recipient || message.to || t("customerNumber", { id: String(message.customerId) })}
    </Link>
  );
}

function State({ message }: { message: Message }) {
  const t = useTranslations("mail");
  const reasonOf = useReason();
  const problem = reasonOf(message.problem);
  return (
    <Group gap={8} wrap="nowrap">
      <StateBadge state={message.state} />
      {message.ambiguous > 0 && (
        <Badge color="grape" variant="outline" style={{ flexShrink: 0 }}>
          {t("ambiguous")}
        </Badge>
      )}
      {problem && (
        <Tooltip label={problem} multiline maw={420}>
          <Text size="sm" c="dimmed" truncate className="above-row-link">
            {problem}
          </Text>
        </Tooltip>
      )}
    </Group>
  );
}
