// By what a customer is recognised: mail addresses, phone numbers, ids of other systems.
import { ActionIcon, Badge, Button, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { put, remove } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { Customer, Identity } from "@/api/types";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";

export function Identities({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const may = useMay();
  const identities = customer.identities ?? [];
  return (
    <Card title={t("identities")} actions={may("customers:write") && <AddIdentity customer={customer} />}>
      <Stack gap={8}>
        {identities.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("noIdentities")}
          </Text>
        )}
        {identities.map((identity) => (
          <IdentityRow key={`${identity.kind} ${identity.value}`} customer={customer} identity={identity} />
        ))}
      </Stack>
    </Card>
  );
}

function IdentityRow({ customer, identity }: { customer: Customer; identity: Identity }) {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const kindPath = `${customersPath}/${customer.id}/identities/${encodeURIComponent(identity.kind)}`;
  const spelled = identity.spelled || identity.value;
  const drop = async () => {
    try {
      await remove(`${kindPath}/${encodeURIComponent(identity.value)}`);
      toasts.done(t("identityRemoved", { value: spelled }));
      await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer.id)] });
    } catch (error) {
      toasts.failed(error);
    }
  };
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="2px 8px" miw={0}>
        <Badge color="gray" style={{ flexShrink: 0 }}>
          {identity.kind.replace("external:", "")}
        </Badge>
        <Text size="sm" style={{ overflowWrap: "anywhere" }} className="figures">
          {spelled}
        </Text>
      </Group>
      {may("customers:write") && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t("removeIdentity", { value: spelled })}
          onClick={drop}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

function AddIdentity({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  return (
    <Popover position="bottom-end" shadow="md" width={280} trapFocus>
      <Popover.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />}>
          {t("addIdentity")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <AddIdentityForm customer={customer} />
      </Popover.Dropdown>
    </Popover>
  );
}

function AddIdentityForm({ customer }: { customer: Customer }) {
  const t = useTranslations("customers");
  const toasts = useToasts();
  const queries = useQueryClient();
  const [kind, setKind] = useState("external:shop");
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(undefined);
    try {
      await put(`${customersPath}/${customer.id}/identities/${encodeURIComponent(kind)}`, { value });
      setValue("");
      toasts.done(t("identityAdded"));
      await queries.invalidateQueries({ queryKey: [customersPath, "one", String(customer.id)] });
    } catch (error) {
      if (error instanceof ApiError) setProblem(error.problems[0]?.message ?? error.message);
      else toasts.failed(error);
    }
  };
  return (
    <form onSubmit={add}>
      <Stack gap="xs">
        <TextInput
          label={t("identityKind")}
          description={t("identityKindHint")}
          required
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
        />
        <TextInput
          label={t("identityValue")}
          required
          error={problem}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" disabled={value.trim() === ""}>
          {t("addIdentity")}
        </Button>
      </Stack>
    </form>
  );
}
