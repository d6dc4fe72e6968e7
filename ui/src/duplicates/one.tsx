// One pair: what speaks for and against it, and the workbench for those who may merge.
import { Button, Group, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Customer, DuplicatePairDetail } from "@/api/types";
import { CustomerLink } from "@/customers/link";
import { customerName } from "@/customers/name";
import { Workbench } from "@/merging/workbench";
import { Loading } from "@/parts/loading";
import { NotFound, PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { useMay } from "@/shell/session";
import { PairView } from "./pair-view";
import { pairQuery, refreshPairs, setDeclined } from "./queries";

const route = getRouteApi("/inside/duplicates/$id");

export function DuplicatePage() {
  const { id } = route.useParams();
  // The API has other things of pairs beside them.
  return /^\d+$/.test(id) ? <Standing id={id} /> : <NotFound />;
}

function Standing({ id }: { id: string }) {
  const { data: pair, error, refetch } = useQuery({ ...pairQuery(id), retry: false });
  if (error && !pair) return <PageFailure error={error} retry={refetch} />;
  if (!pair) return <Loading />;
  return <Pair key={pair.id} pair={pair} isOver={error !== null} />;
}

/** A pair is over with its merge; what it was stays in sight until the page is left. */
function Pair({ pair, isOver }: { pair: DuplicatePairDetail; isOver: boolean }) {
  const t = useTranslations("duplicates");
  const may = useMay();
  const [round, setRound] = useState(0);
  const names = pair.customers.map((customer) => customerName(customer)).join(" · ");
  return (
    <Page title={names} hint={t("pairHint", { id: pair.id })} back={{ to: "/duplicates", label: t("title") }}>
      <Stack gap="md">
        <Card flush>
          <PairView pair={pair} actions={!isOver && <Decline pair={pair} />} />
        </Card>
        {!isOver && <OthersOfCluster pair={pair} />}
        {may("merging:write") && (
          <Workbench
            key={round}
            customers={pair.customers as [Customer, Customer]}
            undone={() => setRound(round + 1)}
          />
        )}
      </Stack>
    </Page>
  );
}

function Decline({ pair: { id, state } }: { pair: DuplicatePairDetail }) {
  const t = useTranslations("duplicates");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("duplicates:write")) return null;
  const set = async (isDeclined: boolean) => {
    try {
      await setDeclined(id, isDeclined);
      await refreshPairs(queries);
    } catch (error) {
      toasts.failed(error);
    }
  };
  const isOpen = state === "open";
  return (
    <Button size="xs" variant="default" onClick={() => set(isOpen)}>
      {t(isOpen ? "twoPeople" : "reopen")}
    </Button>
  );
}

/** Others who hang together with the two by open pairs. */
function OthersOfCluster({ pair: { customers, cluster } }: { pair: DuplicatePairDetail }) {
  const t = useTranslations("duplicates");
  const others = cluster.filter((id) => !customers.some((customer) => customer.id === id));
  if (others.length === 0) return null;
  return (
    <Card title={t("othersToo")} hint={t("othersTooHint")}>
      <Group gap="sm">
        {others.map((id) => (
          <CustomerLink key={id} id={id} />
        ))}
      </Group>
    </Card>
  );
}
