// Every mail to a customer and what became of it.
import { Badge, Box, Group, Select, Text, Tooltip } from "@mantine/core";
import { IconMailFast } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Message, MessageState } from "@/api/types";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { messagesPath } from "./queries";

const route = getRouteApi("/inside/messages");
const states: MessageState[] = ["queued", "sending", "sent", "failed", "withheld"];
const colors: Record<MessageState, string> = {
  queued: "gray",
  sending: "blue",
  sent: "pine",
  failed: "red",
  withheld: "orange",
};

export function MessageList() {
  const t = useTranslations("mail");
  const { state, customerId } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useCursorList<Message>(messagesPath, { state, customerId });
  const columns: Column<Message>[] = [
    { key: "recipient", label: t("recipient"), cell: (message) => <Recipient message={message} /> },
    { key: "subject", label: t("subject"), wideOnly: true, cell: (message) => message.subject },
    { key: "state", label: t("state"), width: 300, cell: (message) => <State message={message} /> },
    {
      key: "createdAt",
      label: t("createdAt"),
      width: 150,
      wideOnly: true,
      cell: (message) => <When at={message.createdAt} />,
    },
    { key: "sentAt", label: t("sentAt"), width: 150, cell: (message) => <When at={message.sentAt} /> },
  ];
  return (
    <Page title={t("messages")} hint={t("messagesHint")}>
      <Card flush>
        <Box p="sm">
          <Select
            w={200}
            aria-label={t("state")}
            value={state ?? "all"}
            onChange={(value) =>
              navigate({
                search: (before) => ({ ...before, state: value === "all" ? undefined : (value ?? undefined) }),
                replace: true,
              })
            }
            allowDeselect={false}
            data={[
              { value: "all", label: t("allStates") },
              ...states.map((value) => ({ value, label: t(`states.${value}`) })),
            ]}
          />
        </Box>
        <Rows
          label={t("messages")}
          columns={columns}
          list={list}
          keyOf={(message) => message.id}
          empty={<Empty title={t("noMessages")} hint={t("noMessagesHint")} icon={IconMailFast} />}
        />
      </Card>
    </Page>
  );
}

function Recipient({ message }: { message: Message }) {
  return (
    <Link to="/customers/$id" params={{ id: String(message.customerId) }} search={{}} className="row-link">
      {message.recipient || `#${message.customerId}`}
    </Link>
  );
}

function State({ message }: { message: Message }) {
  const t = useTranslations("mail");
  return (
    <Group gap={8} wrap="nowrap">
      <Badge color={colors[message.state] ?? "gray"} style={{ flexShrink: 0 }}>
        {states.includes(message.state) ? t(`states.${message.state}`) : message.state}
      </Badge>
      {message.problem && (
        <Tooltip label={message.problem} multiline maw={420}>
          <Text size="sm" c="dimmed" truncate className="above-row-link">
            {message.problem}
          </Text>
        </Tooltip>
      )}
    </Group>
  );
}
