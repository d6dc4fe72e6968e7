// On which newsletter lists a customer is or was, changed at once.
import { Badge, Button, Group, Popover, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { get, put, remove } from "@/api/client";
import type { Customer, Subscription, SubscriptionStatus } from "@/api/types";
import { customersPath } from "@/customers/queries";
import { ConfirmButton } from "@/parts/confirm";
import { useDraft } from "@/parts/draft";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";

const statuses: SubscriptionStatus[] = ["subscribed", "pending", "unsubscribed", "cleaned"];
const colours: Record<SubscriptionStatus, string> = {
  subscribed: "pine",
  pending: "yellow",
  unsubscribed: "gray",
  cleaned: "orange",
};

export function Subscriptions({ customer }: { customer: Customer }) {
  const t = useTranslations("subscriptions");
  const may = useMay();
  const path = `${customersPath}/${customer.id}/subscriptions`;
  const { data, error, refetch } = useQuery({
    // Below the customer, so that it is asked for again together with them.
    queryKey: [customersPath, "one", String(customer.id), "subscriptions"],
    queryFn: ({ signal }) => get<Subscription[]>(path, undefined, signal),
  });
  return (
    <Card title={t("title")} actions={may("customers:write") && <AddSubscription customer={customer.id} path={path} />}>
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && <LoadingLines lines={2} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      )}
      <Stack gap={10}>
        {data?.map((subscription) => (
          <SubscriptionRow key={subscription.list} customer={customer.id} path={path} subscription={subscription} />
        ))}
      </Stack>
    </Card>
  );
}

/** A change of status may move the customer between segments. */
function useRefresh(customer: number): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer)] });
}

type RowProps = { customer: number; path: string; subscription: Subscription };

function SubscriptionRow({ customer, path, subscription: { list, status, changedAt } }: RowProps) {
  const t = useTranslations("subscriptions");
  const parts = useTranslations("parts");
  const toasts = useToasts();
  const may = useMay();
  const refresh = useRefresh(customer);
  const listPath = `${path}/${encodeURIComponent(list)}`;
  const send = async (next: string | null) => {
    await put(listPath, { status: next });
    await refresh();
  };
  const change = async (next: string | null) => {
    try {
      await send(next);
      toasts.done(t("changed", { list }), () => send(status));
    } catch (error) {
      toasts.failed(error);
    }
  };
  const forget = async () => {
    await remove(listPath);
    toasts.done(t("forgotten", { list }));
    await refresh();
  };
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={550} truncate>
          {list}
        </Text>
        <Text size="xs" c="dimmed">
          <When at={changedAt} />
        </Text>
      </div>
      {may("customers:write") ? (
        <Group gap={4} wrap="nowrap">
          <Select
            size="xs"
            w={138}
            aria-label={t("statusOf", { list })}
            allowDeselect={false}
            value={status}
            onChange={change}
            data={statuses.map((value) => ({ value, label: t(`statuses.${value}`) }))}
          />
          <ConfirmButton
            size="compact-sm"
            variant="subtle"
            color="gray"
            label={<IconX size={14} aria-hidden />}
            ariaLabel={t("forgetOf", { list })}
            title={t("forgetTitle", { list })}
            text={t("forgetText")}
            verb={parts("delete")}
            act={forget}
          />
        </Group>
      ) : (
        <Badge color={colours[status]}>{t(`statuses.${status}`)}</Badge>
      )}
    </Group>
  );
}

function AddSubscription({ customer, path }: { customer: number; path: string }) {
  const t = useTranslations("subscriptions");
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={280} trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => setOpened(!opened)}
        >
          {t("add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <AddForm customer={customer} path={path} close={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function AddForm({ customer, path, close }: { customer: number; path: string; close: () => void }) {
  const t = useTranslations("subscriptions");
  const toasts = useToasts();
  const refresh = useRefresh(customer);
  const draft = useDraft({ list: "", status: "subscribed" as SubscriptionStatus });
  const { list, status } = draft.values;
  const add = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await put(`${path}/${encodeURIComponent(list)}`, { status });
      toasts.done(t("changed", { list }));
      close();
      await refresh();
    } catch (error) {
      draft.showProblems(error);
      toasts.failed(error);
    }
  };
  return (
    <form onSubmit={add}>
      <Stack gap="xs">
        <TextInput label={t("list")} description={t("listHint")} required {...draft.text("/list")} />
        <Select
          label={t("status")}
          allowDeselect={false}
          // Inside the popover: a click beyond it would close it.
          comboboxProps={{ withinPortal: false }}
          {...draft.input<string | null>("/status")}
          data={statuses.map((value) => ({ value, label: t(`statuses.${value}`) }))}
        />
        <Button type="submit" size="xs" disabled={list.trim() === ""}>
          {t("addVerb")}
        </Button>
      </Stack>
    </form>
  );
}
