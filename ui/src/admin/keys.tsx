// The keys other systems use for the API.
import { Badge, Button, Code, Group, Text } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { ApiKey } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { NewKeyDialog } from "./new-key";
import { isWithin } from "./permissions";

export const keysPath = "/api/api-keys";
const SCOPES_SHOWN = 3;

export function KeyList() {
  const t = useTranslations("admin");
  const may = useMay();
  const [isCreating, setCreating] = useState(false);
  const list = useCursorList<ApiKey>(keysPath);
  const columns: Column<ApiKey>[] = [
    { key: "name", label: t("keyName"), cell: (key) => key.name },
    { key: "prefix", label: t("prefix"), width: 150, roomyOnly: true, cell: (key) => <Code>{key.prefix}…</Code> },
    { key: "scopes", label: t("scopes"), cell: (key) => <Scopes key={key.id} scopes={key.scopes} /> },
    { key: "lastUsedAt", label: t("lastUsed"), width: 140, cell: (key) => <When at={key.lastUsedAt} /> },
    { key: "expiresAt", label: t("expires"), width: 140, roomyOnly: true, cell: (key) => <When at={key.expiresAt} /> },
    { key: "state", label: t("state"), width: 150, cell: (key) => <KeyState apiKey={key} /> },
  ];
  const create = may("users:write") && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      {t("newKey")}
    </Button>
  );
  return (
    <Page title={t("keys")} hint={t("keysHint")} actions={create}>
      <Card flush>
        <Rows
          label={t("keys")}
          columns={columns}
          list={list}
          keyOf={(key) => key.id}
          empty={
            <Empty title={t("noKeys")} hint={t("noKeysHint")} icon={IconKey}>
              {create}
            </Empty>
          }
        />
      </Card>
      <NewKeyDialog opened={isCreating} close={() => setCreating(false)} />
    </Page>
  );
}

function Scopes({ scopes }: { scopes: string[] }) {
  const t = useTranslations("admin");
  const more = scopes.length - SCOPES_SHOWN;
  return (
    <Group gap={4} wrap="nowrap">
      {scopes.slice(0, SCOPES_SHOWN).map((scope) => (
        <Badge key={scope} color="gray">
          {scope === "all" ? t("scopeAll") : scope}
        </Badge>
      ))}
      {more > 0 && <Badge color="gray">+{more}</Badge>}
    </Group>
  );
}

function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const t = useTranslations("admin");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (apiKey.revokedAt) return <Badge color="gray">{t("revoked")}</Badge>;
  if (!may("users:write")) return <Badge color="pine">{t("valid")}</Badge>;
  const act = async () => {
    await remove(`${keysPath}/${apiKey.id}`);
    toasts.done(t("keyRevoked", { name: apiKey.name }));
    await queries.invalidateQueries({ queryKey: [keysPath] });
  };
  const isBeyond = !isWithin(apiKey.scopes, may);
  return (
    <>
      <ConfirmButton
        size="compact-sm"
        label={t("revoke")}
        ariaLabel={t("revokeKey", { name: apiKey.name })}
        title={t("revokeTitle", { name: apiKey.name })}
        text={t("revokeText")}
        verb={t("revoke")}
        act={act}
        disabled={isBeyond}
      />
      {isBeyond && (
        <Text size="xs" c="dimmed">
          {t("beyondYou")}
        </Text>
      )}
    </>
  );
}
