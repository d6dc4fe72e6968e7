// One message: where it stands and why, everything that happened to it, and what a person can do about it.
import { Alert, Anchor, Box, Grid, Group, Text } from "@mantine/core";
import { IconQuestionMark } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { MessageStory } from "@/api/types";
import { customerName } from "@/customers/name";
import { customerQuery } from "@/customers/queries";
import { ConfirmButton } from "@/parts/confirm";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { MessageHistory } from "./message-history";
import { messageQuery, messagesPath, ruleNamesQuery, templateNamesQuery } from "./queries";
import { StateBadge, useReason, waitsForPerson } from "./state";

const route = getRouteApi("/inside/messages/$id");
const REFRESH_EVERY_MS = 3_000;

export function MessagePage() {
  const t = useTranslations("mail");
  const { id } = route.useParams();
  const {
    data: message,
    error,
    refetch,
  } = useQuery({
    ...messageQuery(id),
    refetchInterval: ({ state: { data } }) =>
      data?.state === "planned" || data?.state === "sending" ? REFRESH_EVERY_MS : false,
  });
  const { data: templates } = useQuery(templateNamesQuery);
  if (error && !message) return <PageFailure error={error} retry={refetch} />;
  if (!message) return <Loading />;
  return (
    <Page
      title={message.subject || (templates?.find((one) => one.id === message.templateId)?.name ?? t("facts"))}
      hint={message.recipient || message.to}
      back={{ to: "/messages", label: t("messages") }}
      actions={<Acts message={message} />}
    >
      {message.ambiguous > 0 && (
        <Alert color="grape" icon={<IconQuestionMark size={18} />} title={t("ambiguousTitle")}>
          {t("ambiguousText", { count: message.ambiguous })}
        </Alert>
      )}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <MessageHistory history={message.history} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Facts message={message} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Acts({ message }: { message: MessageStory }) {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("mail:write") || !waitsForPerson(message.state)) return null;
  const act = async (verb: "resend" | "drop") => {
    const story = await post<MessageStory>(`${messagesPath}/${message.id}/${verb}`);
    queries.setQueryData(messageQuery(message.id).queryKey, story);
    toasts.done(t(verb === "resend" ? "resent" : "dropped"));
    await queries.invalidateQueries({ queryKey: [messagesPath] });
  };
  return (
    <>
      <ConfirmButton
        label={t("resend")}
        title={t("resendTitle")}
        text={t(message.ambiguous > 0 ? "resendAmbiguousText" : "resendText")}
        verb={t("resend")}
        danger={false}
        act={() => act("resend")}
      />
      <ConfirmButton
        label={t("drop")}
        title={t("dropTitle")}
        text={t("dropText")}
        verb={t("drop")}
        act={() => act("drop")}
      />
    </>
  );
}

function Facts({ message }: { message: MessageStory }) {
  const t = useTranslations("mail");
  const reasonOf = useReason();
  const reason = reasonOf(message.problem);
  return (
    <Card title={t("facts")}>
      <Box component="dl" m={0} className="facts">
        <Fact name={t("state")}>
          <Group gap={8}>
            <StateBadge state={message.state} />
            {reason && (
              <Text size="sm" span style={{ overflowWrap: "anywhere" }}>
                {reason}
              </Text>
            )}
          </Group>
        </Fact>
        {message.heldUntil && (
          <Fact name={t("heldUntil")}>
            <When at={message.heldUntil} exact />
          </Fact>
        )}
        <Fact name={t("customer")}>
          <CustomerLink id={message.customerId} />
        </Fact>
        {message.to && <Fact name={t("insteadOfOwn")}>{message.to}</Fact>}
        <Fact name={t("template")}>
          <TemplateLink id={message.templateId} />
        </Fact>
        {message.ruleId !== null && (
          <Fact name={t("rule")}>
            <RuleLink id={message.ruleId} />
          </Fact>
        )}
        {message.purpose && <Fact name={t("purpose")}>{message.purpose}</Fact>}
        {message.sentAt && (
          <Fact name={t("kind")}>{t(message.marketing ? "kinds.marketing" : "kinds.transactional")}</Fact>
        )}
        <Fact name={t("createdAt")}>
          <When at={message.createdAt} exact />
        </Fact>
        <Fact name={t("sentAt")}>
          <When at={message.sentAt} exact />
        </Fact>
      </Box>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </>
  );
}

function CustomerLink({ id }: { id: number }) {
  const t = useTranslations("mail");
  const may = useMay();
  const { data: customer } = useQuery({ ...customerQuery(String(id)), enabled: may("customers:read") });
  return (
    <Anchor component={Link} to={`/customers/${id}`} inherit>
      {(customer && customerName(customer)) || t("customerNumber", { id: String(id) })}
    </Anchor>
  );
}

function TemplateLink({ id }: { id: number }) {
  const { data: templates } = useQuery(templateNamesQuery);
  return <Named id={id} to="/templates" among={templates} />;
}

function RuleLink({ id }: { id: number }) {
  const may = useMay();
  const { data: rules } = useQuery({ ...ruleNamesQuery, enabled: may("rules:read") });
  return <Named id={id} to="/rules" among={rules} />;
}

/** What is gone by now, or not to be seen, leads nowhere. */
function Named({ id, to, among }: { id: number; to: string; among: { id: number; name: string }[] | undefined }) {
  const found = among?.find((one) => one.id === id);
  if (!found) return <>{`#${id}`}</>;
  return (
    <Anchor component={Link} to={`${to}/${id}`} inherit>
      {found.name}
    </Anchor>
  );
}
