// Addresses that get no mail: found, added, taken away again, and imported.
import { Badge, Button, Group, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconFileImport, IconMailOff, IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { remove } from "@/api/client";
import type { Suppression, SuppressionReason } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { suppressionReasons } from "@/searches";
import { useMay } from "@/shell/session";
import { suppressionsPath } from "./queries";
import { SuppressDialog } from "./suppress-dialog";
import { SuppressionImportDialog } from "./suppression-import";

const route = getRouteApi("/inside/suppressions");
const DEBOUNCE_MS = 250;

const colors: Record<SuppressionReason, string> = {
  manual: "gray",
  bounced: "orange",
  complained: "red",
  unsubscribed: "blue",
  blocked: "gray",
};

export function SuppressionList() {
  const t = useTranslations("mail");
  const may = useMay();
  const { q, reason } = route.useSearch();
  const [adding, addition] = useDisclosure(false);
  const [importing, importation] = useDisclosure(false);
  const list = useCursorList<Suppression>(suppressionsPath, { q, reason });
  const mayChange = may("mail:write");
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={addition.open}>
      {t("suppress")}
    </Button>
  );
  const actions = mayChange && (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={importation.open}>
        {t("importList")}
      </Button>
      {add}
    </>
  );
  return (
    <Page title={t("suppressions")} hint={t("suppressionsHint")} actions={actions}>
      <Card flush>
        <Filters />
        <Rows
          label={t("suppressions")}
          wrapping
          columns={useColumns(mayChange)}
          list={list}
          keyOf={({ address }) => address}
          empty={
            q || reason ? (
              <Empty title={t("nothingFits")} hint={t("nothingFitsHint")} icon={IconSearch} />
            ) : (
              <Empty title={t("noSuppressions")} hint={t("noSuppressionsHint")} icon={IconMailOff}>
                {add}
              </Empty>
            )
          }
        />
      </Card>
      <SuppressDialog opened={adding} close={addition.close} />
      <SuppressionImportDialog opened={importing} close={importation.close} />
    </Page>
  );
}

function useColumns(mayChange: boolean): Column<Suppression>[] {
  const t = useTranslations("mail");
  const parts = useTranslations("parts");
  const columns: Column<Suppression>[] = [
    { key: "address", label: t("address"), width: "50%", cell: (suppression) => <Address suppression={suppression} /> },
    { key: "reason", label: t("reason"), width: 170, cell: ({ reason }) => <ReasonBadge reason={reason} /> },
    { key: "at", label: t("since"), width: 140, cell: ({ at }) => <When at={at} /> },
  ];
  if (!mayChange) return columns;
  return [
    ...columns,
    {
      key: "actions",
      label: parts("actions"),
      width: 110,
      end: true,
      cell: (suppression) => <RemoveButton suppression={suppression} />,
    },
  ];
}

/** With what somebody noted, and who or what brought it here. */
function Address({ suppression: { address, note, source } }: { suppression: Suppression }) {
  const about = [note, source].filter(Boolean).join(" · ");
  return (
    <>
      <Text className="squeezed" size="sm" fw={550}>
        {address}
      </Text>
      {about && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
    </>
  );
}

function ReasonBadge({ reason }: { reason: SuppressionReason }) {
  const t = useTranslations("mail");
  const badge = <Badge color={colors[reason] ?? "gray"}>{t(`suppressionReasons.${reason}`)}</Badge>;
  return reason === "unsubscribed" ? <Tooltip label={t("marketingOnly")}>{badge}</Tooltip> : badge;
}

function RemoveButton({ suppression: { address } }: { suppression: Suppression }) {
  const t = useTranslations("mail");
  const toasts = useToasts();
  const queries = useQueryClient();
  const act = async () => {
    await remove(`${suppressionsPath}/${encodeURIComponent(address)}`);
    toasts.done(t("unsuppressed", { address }));
    await queries.invalidateQueries({ queryKey: [suppressionsPath] });
  };
  return (
    <ConfirmButton
      size="compact-sm"
      label={t("unsuppress")}
      ariaLabel={t("unsuppressOf", { address })}
      title={t("unsuppressTitle", { address })}
      text={t("unsuppressText")}
      verb={t("unsuppressVerb")}
      act={act}
    />
  );
}

function Filters() {
  const t = useTranslations("mail");
  const { q = "", reason } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q);
  const search = useDebouncedCallback(
    (wanted: string) => navigate({ search: (before) => ({ ...before, q: wanted.trim() || undefined }), replace: true }),
    DEBOUNCE_MS,
  );
  useEffect(() => setText(q), [q]);
  return (
    <Group gap="xs" p="sm">
      <TextInput
        w={{ base: "100%", sm: 280 }}
        type="search"
        aria-label={t("searchAddress")}
        placeholder={t("searchAddress")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
      />
      <Select
        w={200}
        aria-label={t("reason")}
        allowDeselect={false}
        value={reason ?? "all"}
        onChange={(value) =>
          navigate({
            search: (before) => ({ ...before, reason: suppressionReasons.find((one) => one === value) }),
            replace: true,
          })
        }
        data={[
          { value: "all", label: t("allReasons") },
          ...suppressionReasons.map((value) => ({ value, label: t(`suppressionReasons.${value}`) })),
        ]}
      />
      {(q || reason) && (
        <Button
          variant="subtle"
          leftSection={<IconX size={14} />}
          onClick={() => navigate({ search: {}, replace: true })}
        >
          {t("clearFilters")}
        </Button>
      )}
    </Group>
  );
}
