// One delivery: where it stands, each attempt, what is sent, and what the endpoint answered.
import { Anchor, Box, Button, Code, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { post } from "@/api/client";
import type { DeliveryDetail } from "@/api/types";
import { customerName } from "@/customers/name";
import { customerQuery } from "@/customers/queries";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { Attempts } from "./attempts";
import { RuleCell, StateBadge } from "./cells";
import { deliveriesPath, deliveryQuery, webhooksPath } from "./queries";
import { bodySent, hasEnded, nextAttempt } from "./state";

export function DeliveryDrawer({ id, close }: { id: number | undefined; close: () => void }) {
  const t = useTranslations("webhooks");
  const parts = useTranslations("parts");
  return (
    <Drawer
      opened={id !== undefined}
      onClose={close}
      title={id === undefined ? "" : t("delivery", { id })}
      closeButtonProps={{ "aria-label": parts("close") }}
    >
      {id !== undefined && <Content id={id} />}
    </Drawer>
  );
}

function Content({ id }: { id: number }) {
  const t = useTranslations("webhooks");
  const { data: delivery, error, refetch } = useQuery(deliveryQuery(id));
  if (error && !delivery) return <Failure error={error} retry={refetch} />;
  if (!delivery) return <LoadingLines lines={8} />;
  return (
    <Stack gap="lg">
      <Standing delivery={delivery} />
      <Facts delivery={delivery} />
      <Part title={t("history")}>
        <Attempts delivery={delivery} />
      </Part>
      <Part title={t("payload")}>
        <Block text={bodySent(delivery)} label={t("payload")} />
      </Part>
      {delivery.answer && (
        <Part title={t("answer")}>
          <Block text={delivery.answer} label={t("answer")} />
        </Part>
      )}
    </Stack>
  );
}

function Standing({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations("webhooks");
  const may = useMay();
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="xs" aria-live="polite">
        <StateBadge state={delivery.state} />
        <Text size="sm">{t(`stateHints.${delivery.state}`)}</Text>
      </Group>
      {hasEnded(delivery) && may("webhooks:write") && <ReplayButton delivery={delivery} />}
    </Group>
  );
}

function ReplayButton({ delivery: { id, webhookId } }: { delivery: DeliveryDetail }) {
  const t = useTranslations("webhooks");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [isSending, setSending] = useState(false);
  const replay = async () => {
    setSending(true);
    try {
      await post(`${deliveriesPath}/${id}/replay`, {});
      toasts.done(t("replayed"));
    } catch (error) {
      toasts.failed(error);
    }
    await Promise.all([
      queries.invalidateQueries({ queryKey: [deliveriesPath, id] }),
      queries.invalidateQueries({ queryKey: [`${webhooksPath}/${webhookId}/deliveries`] }),
    ]);
    setSending(false);
  };
  return (
    <Button size="xs" variant="default" leftSection={<IconRepeat size={15} />} loading={isSending} onClick={replay}>
      {t("replay")}
    </Button>
  );
}

function Facts({ delivery }: { delivery: DeliveryDetail }) {
  const t = useTranslations("webhooks");
  const { type, customerId, ruleId, createdAt, deliveredAt, messageId } = delivery;
  const next = nextAttempt(delivery, Date.now());
  return (
    <Box component="dl" className="facts">
      <Fact name={t("type")}>{type}</Fact>
      {customerId !== null && (
        <Fact name={t("customer")}>
          <CustomerLink id={customerId} />
        </Fact>
      )}
      {ruleId !== null && (
        <Fact name={t("rule")}>
          <RuleCell id={ruleId} />
        </Fact>
      )}
      <Fact name={t("wanted")}>
        <When at={createdAt} exact />
      </Fact>
      {deliveredAt && (
        <Fact name={t("deliveredAt")}>
          <When at={deliveredAt} exact />
        </Fact>
      )}
      {next && (
        <Fact name={t("next")}>
          <When at={next} exact />
        </Fact>
      )}
      <Fact name={t("messageId")}>
        <Code>{messageId}</Code>
      </Fact>
    </Box>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function CustomerLink({ id }: { id: number }) {
  const may = useMay();
  const { data: customer } = useQuery({ ...customerQuery(id), enabled: may("customers:read") });
  return (
    <Anchor component={Link} to={`/customers/${id}`} size="sm">
      {customer ? customerName(customer) : `#${id}`}
    </Anchor>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </Box>
  );
}

function Block({ text, label }: { text: string; label: string }) {
  return (
    <Code block tabIndex={0} aria-label={label} role="region" className="excerpt">
      {text}
    </Code>
  );
}
