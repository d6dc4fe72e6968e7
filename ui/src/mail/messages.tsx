// Every mail to a customer and what became of it.
import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { IconMailFast } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Message } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { MessageFilters } from "./message-filters";
import { messagesPath, templateNamesQuery } from "./queries";
import { StateBadge, useReason } from "./state";

const route = getRouteApi("/inside/messages");
const REFRESH_EVERY_MS = 5_000;

export function MessageList() {
  const t = useTranslations("mail");
  const search = route.useSearch();
  const list = useCursorList<Message>(messagesPath, search, {
    refetchEveryMs: (messages) => (messages.some(isUnderWay) ? REFRESH_EVERY_MS : 0),
  });
  const { data: templates = [] } = useQuery(templateNamesQuery);
  const nameOf = (template: number) => templates.find(({ id }) => id === template)?.name ?? "–";
  const columns: Column<Message>[] = [
    { key: "recipient", label: t("recipient"), width: "30%", cell: (message) => <Recipient message={message} /> },
    {
      key: "subject",
      label: t("subject"),
      width: "28%",
      wideOnly: true,
      cell: (message) => <Subject message={message} template={nameOf(message.templateId)} />,
    },
    { key: "state", label: t("state"), width: "28%", cell: (message) => <State message={message} /> },
    { key: "changedAt", label: t("changedAt"), width: "14%", cell: (message) => <When at={message.changedAt} /> },
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
    <div className="squeezed">
      <Link to="/messages/$id" params={{ id: String(message.id) }} className="row-link">
        {message.recipient || message.to || t("customerNumber", { id: String(message.customerId) })}
      </Link>
    </div>
  );
}

/** A mail is written when it goes out; until then it is called by its template. */
function Subject({ message, template }: { message: Message; template: string }) {
  return (
    <Text className="squeezed" size="sm" c={message.subject ? undefined : "dimmed"}>
      {message.subject || template}
    </Text>
  );
}

function State({ message }: { message: Message }) {
  const t = useTranslations("mail");
  const reasonOf = useReason();
  const problem = reasonOf(message.problem);
  return (
    <Group gap={8} wrap="nowrap" className="squeezed">
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
