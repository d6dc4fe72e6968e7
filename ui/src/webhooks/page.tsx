// One webhook: its settings, what can be done with it, and its deliveries.
import { Badge, Box, Group, Tabs, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { patch } from "@/api/client";
import { mergePatch } from "@/api/merge-patch";
import type { Webhook } from "@/api/types";
import { Editable } from "@/parts/editable";
import { useEdited } from "@/parts/edited";
import { later } from "@/parts/later";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Page } from "@/parts/page";
import { SaveBar } from "@/parts/save-bar";
import { useSaving } from "@/parts/saving";
import { useToasts } from "@/parts/toasts";
import { webhookTabs } from "@/searches";
import { useMay } from "@/shell/session";
import { DeleteButton, RotateButton, TestButton } from "./acts";
import { WebhookEditor } from "./editor";
import { Notices } from "./health";
import { webhookQuery, webhooksPath } from "./queries";
import { bodyOf, hasTwice, toldAtRows, valuesOf } from "./values";

const Deliveries = later(() => import("./deliveries"), "Deliveries");

const route = getRouteApi("/inside/webhooks/$id");

export function WebhookPage() {
  const t = useTranslations("webhooks");
  const { id } = route.useParams();
  const { tab = "definition" } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const { data: webhook, error, refetch } = useQuery(webhookQuery(id));
  if (error && !webhook) return <PageFailure error={error} retry={refetch} />;
  if (!webhook) return <Loading />;
  const open = (value: string | null) =>
    navigate({ search: { tab: webhookTabs.find((candidate) => candidate === value) }, replace: true });
  return (
    <Page
      title={<Title webhook={webhook} />}
      name={webhook.name}
      hint={<Hint webhook={webhook} />}
      back={{ to: "/webhooks", label: t("title") }}
      actions={may("webhooks:write") && <Acts webhook={webhook} />}
    >
      <Notices webhook={webhook} />
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb="md">
          {webhookTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="definition">
          <WebhookForm key={webhook.id} webhook={webhook} />
        </Tabs.Panel>
        <Tabs.Panel value="deliveries">
          <Deliveries webhook={webhook} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Title({ webhook: { name, active } }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  return (
    <Group gap="xs" component="span">
      <span>{name}</span>
      <Badge color={active ? "pine" : "gray"}>{t(active ? "isOn" : "isOff")}</Badge>
    </Group>
  );
}

function Hint({ webhook: { url, rotatingUntil } }: { webhook: Webhook }) {
  const t = useTranslations("webhooks");
  const format = useFormatter();
  const at = rotatingUntil && format.dateTime(new Date(rotatingUntil), { dateStyle: "medium", timeStyle: "short" });
  return (
    <Text span inherit style={{ overflowWrap: "anywhere" }}>
      {url}
      {at && ` · ${t("rotatingText", { at })}`}
    </Text>
  );
}

function Acts({ webhook }: { webhook: Webhook }) {
  return (
    <>
      <TestButton webhook={webhook} />
      <RotateButton webhook={webhook} />
      <DeleteButton webhook={webhook} />
    </>
  );
}

function WebhookForm({ webhook }: { webhook: Webhook }) {
  const t = useTranslations("parts");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  const { draft, based, startOver } = useEdited(webhook, valuesOf);
  const saving = useSaving({
    draft,
    version: based.version,
    send: (values, ifVersion) => {
      const changes = mergePatch(bodyOf(valuesOf(based)), bodyOf(values));
      return toldAtRows(patch<Webhook>(`${webhooksPath}/${webhook.id}`, changes, { ifVersion }), values.headers);
    },
    saved: async (saved) => {
      startOver(saved);
      toasts.done(t("saved"));
      await queries.invalidateQueries({ queryKey: [webhooksPath] });
    },
    reload: async () => startOver(await queries.fetchQuery({ ...webhookQuery(webhook.id), staleTime: 0 })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save();
  };
  const isTwice = hasTwice(draft.values.headers);
  return (
    <Box component="form" onSubmit={submit} noValidate maw={860}>
      <Editable when={may("webhooks:write")}>
        <WebhookEditor draft={draft} />
      </Editable>
      <Box className="save-bar">
        {may("webhooks:write") && (
          <SaveBar draft={draft} saving={saving} disabled={isTwice} discard={() => startOver(based)} />
        )}
      </Box>
    </Box>
  );
}
