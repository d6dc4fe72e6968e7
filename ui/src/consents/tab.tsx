// What a customer allows, purpose by purpose, and every answer that led there.
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconShieldCheck } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { Consent, Customer } from "@/api/types";
import { customersPath } from "@/customers/queries";
import { ConfirmButton } from "@/parts/confirm";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { AnswerBadge } from "./answer-badge";
import { AnswerDialog, type Asking } from "./answer-dialog";
import { History } from "./history";
import { answersPath, consentsPath, consentsQuery } from "./queries";

export function ConsentsTab({ customer }: { customer: Customer }) {
  const t = useTranslations("consents");
  const may = useMay();
  const { data: consents, error, refetch } = useQuery(consentsQuery(customer.id));
  const [asking, setAsking] = useState<Asking | null>(null);
  const refresh = useRefresh(customer.id);
  if (error && !consents) return <Failure error={error} retry={refetch} />;
  if (!consents) return <LoadingLines lines={6} />;
  const record = may("customers:write") && (
    <Button
      size="sm"
      leftSection={<IconPlus size={16} />}
      onClick={() => setAsking({ purpose: "newsletter", granted: true, isFixed: false })}
    >
      {t("record")}
    </Button>
  );
  return (
    <Stack gap="sm" p="md">
      {consents.length === 0 ? (
        <Empty title={t("none")} hint={t("noneHint")} icon={IconShieldCheck}>
          {record}
        </Empty>
      ) : (
        <Group justify="flex-end">{record}</Group>
      )}
      {consents.map((consent) => (
        <ConsentRow
          key={consent.purpose}
          customer={customer.id}
          consent={consent}
          change={() => setAsking({ purpose: consent.purpose, granted: !consent.granted, isFixed: true })}
          refresh={refresh}
        />
      ))}
      <Title order={2} mt="md">
        {t("history")}
      </Title>
      <History customer={customer.id} />
      <AnswerDialog customer={customer.id} asking={asking} close={() => setAsking(null)} refresh={refresh} />
    </Stack>
  );
}

/** An answer shows in the history and in the timeline, and may move the customer between segments. */
function useRefresh(customer: number): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer)] });
    await queries.invalidateQueries({ queryKey: [answersPath(customer)] });
    await queries.invalidateQueries({ queryKey: [`${customersPath}/${customer}/timeline`] });
  };
}

type RowProps = { customer: number; consent: Consent; change: () => void; refresh: () => Promise<void> };

function ConsentRow({ customer, consent, change, refresh }: RowProps) {
  const t = useTranslations("consents");
  const toasts = useToasts();
  const may = useMay();
  const { purpose, granted, answeredAt, source } = consent;
  const takeBack = async () => {
    await remove(`${consentsPath(customer)}/${encodeURIComponent(purpose)}`);
    toasts.done(t("takenBackDone", { purpose }));
    await refresh();
  };
  return (
    <Group justify="space-between" p="sm" className="card" gap="xs">
      <div>
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {purpose}
          </Text>
          <AnswerBadge granted={granted} />
        </Group>
        <Text size="sm" c="dimmed">
          {t("answered")} <When at={answeredAt} exact />
          {source !== "" && ` · ${source}`}
        </Text>
      </div>
      {may("customers:write") && (
        <Group gap="xs">
          <Button size="xs" variant="default" aria-label={t("changeOf", { purpose })} onClick={change}>
            {t("change")}
          </Button>
          <ConfirmButton
            size="xs"
            label={t("takeBack")}
            ariaLabel={t("takeBackOf", { purpose })}
            title={t("takeBackTitle", { purpose })}
            text={t("takeBackText")}
            verb={t("takeBack")}
            act={takeBack}
          />
        </Group>
      )}
    </Group>
  );
}
