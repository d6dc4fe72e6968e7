// One bulk action: how far it is, what became of each customer, and a way back.
import { Alert, Box, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import type { Bulk, BulkOutcome } from "@/api/types";
import { useActorName } from "@/parts/actor";
import { ConfirmButton } from "@/parts/confirm";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { useRefusalText } from "@/refusals";
import { bulkOutcomes } from "@/searches";
import { useMay } from "@/shell/session";
import { Changes } from "./changes";
import { Figures } from "./figures";
import { kindOf } from "./kinds";
import { useBulkNews } from "./news";
import { BulkProgress, OutcomeBadge, StateBadge } from "./outcome";
import { bulkPath, bulkQuery, cancelBulk, isUnderWay, undoBulk } from "./queries";
import { useBulkText } from "./text";

const route = getRouteApi("/inside/bulk/$id");
const WATCHING_EVERY_MS = 2_000;

export function BulkPage() {
  const t = useTranslations("bulk");
  const nameOf = useActorName();
  const textOf = useBulkText();
  const { id } = route.useParams();
  const { data: one, error, refetch } = useQuery(bulkQuery(Number(id)));
  if (error && !one) return <PageFailure error={error} retry={refetch} />;
  if (!one) return <Loading />;
  const hint = (
    <>
      {nameOf(one.owner)} · <When at={one.createdAt} />
    </>
  );
  return (
    <Page
      title={textOf(one)}
      hint={hint}
      beside={<StateBadge one={one} />}
      back={{ to: "/bulk", label: t("title") }}
      actions={<Acts one={one} />}
    >
      <Card>
        <Summary one={one} />
      </Card>
      <Card title={t("each")} flush>
        <Outcomes one={one} />
      </Card>
    </Page>
  );
}

function Acts({ one }: { one: Bulk }) {
  const t = useTranslations("bulk");
  const may = useMay();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const follow = useBulkNews();
  if (!may("bulk:write") || !may(kindOf(one.action.type).permission)) return null;
  const stop = async () => {
    await cancelBulk(one.id);
    await queries.invalidateQueries({ queryKey: [bulkPath] });
  };
  const undo = async () => {
    const { id } = await undoBulk(one.id);
    await queries.invalidateQueries({ queryKey: [bulkPath] });
    follow(id);
    await navigate({ to: "/bulk/$id", params: { id: String(id) }, search: {} });
  };
  if (isUnderWay(one)) {
    return <ConfirmButton label={t("stop")} title={t("stopTitle")} text={t("stopText")} verb={t("stop")} act={stop} />;
  }
  if (!one.isUndoable) return null;
  const text = t("undoText", { count: one.changed });
  return (
    <ConfirmButton label={t("undo")} title={t("undoTitle")} text={text} verb={t("undo")} danger={false} act={undo} />
  );
}

function Summary({ one }: { one: Bulk }) {
  const t = useTranslations("bulk");
  const refusalText = useRefusalText();
  return (
    <Stack gap="sm">
      {isUnderWay(one) && (
        <Box maw={420}>
          <BulkProgress one={one} />
        </Box>
      )}
      <Figures of={one} />
      {one.error && (
        <Alert color="red" role="alert" p="xs">
          {refusalText({ message: one.error })}
        </Alert>
      )}
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t("of", { count: one.total })}
          {one.keptUntil !== null && (
            <>
              {" "}
              {t(one.isUndoable ? "undoableUntil" : "keptUntil")} <When at={one.keptUntil} exact />
            </>
          )}
        </Text>
        {one.undoneBy !== null && <Other id={one.undoneBy} text={t("toUndo")} />}
        {one.undoOf !== null && <Other id={one.undoOf} text={t("toUndone")} />}
      </Group>
    </Stack>
  );
}

function Other({ id, text }: { id: number; text: string }) {
  return (
    <LinkButton to="/bulk/$id" params={{ id: String(id) }} search={{}} size="compact-sm" variant="subtle">
      {text}
    </LinkButton>
  );
}

function Outcomes({ one }: { one: Bulk }) {
  const t = useTranslations("bulk");
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const isWatched = isUnderWay(one);
  const path = `${bulkPath}/${one.id}/outcomes`;
  const list = useCursorList<BulkOutcome>(path, { outcome }, isWatched ? { refetchEveryMs: WATCHING_EVERY_MS } : {});
  const queries = useQueryClient();
  // The last page may have been done since the last look.
  useEffect(() => {
    if (!isWatched) queries.invalidateQueries({ queryKey: [path] });
  }, [isWatched, path, queries]);
  const isDeletion = one.action.type === "delete";
  return (
    <>
      <Box px="md" pb="sm">
        <SegmentedControl
          size="xs"
          aria-label={t("outcome")}
          value={outcome ?? "all"}
          onChange={(value) =>
            navigate({ search: { outcome: bulkOutcomes.find((each) => each === value) }, replace: true })
          }
          data={["all" as const, ...bulkOutcomes].map((value) => ({ value, label: t(`outcomes.${value}`) }))}
        />
      </Box>
      <Rows
        label={t("each")}
        columns={useColumns()}
        list={list}
        keyOf={({ customerId }) => customerId}
        empty={
          <Empty title={t("nobody")} hint={isDeletion ? t("nobodyDeletedHint") : t("nobodyHint")} icon={IconUsers} />
        }
      />
    </>
  );
}

function useColumns(): Column<BulkOutcome>[] {
  const t = useTranslations("bulk");
  return [
    {
      key: "customer",
      label: t("customer"),
      cell: ({ customerId, name }) => (
        <Link to="/customers/$id" params={{ id: String(customerId) }} search={{}} className="row-link">
          {name ?? `#${customerId}`}
        </Link>
      ),
    },
    { key: "outcome", label: t("outcome"), width: 140, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
    { key: "change", label: t("change"), cell: (outcome) => <Changes of={outcome} /> },
  ];
}
