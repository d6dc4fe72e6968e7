// The workbench for any two customers, chosen by hand or come from a customer's page.
import { Grid, Text } from "@mantine/core";
import { IconArrowsJoin2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { customerName } from "@/customers/name";
import { customerQuery } from "@/customers/queries";
import { Empty } from "@/parts/empty";
import { LoadingLines } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { useMay } from "@/shell/session";
import { Workbench } from "./workbench";

const route = getRouteApi("/inside/merge");

export function MergePage() {
  const t = useTranslations("merging");
  const { survivor, other } = route.useSearch();
  return (
    <Page title={t("title")} hint={t("hint")} back={{ to: "/duplicates", label: t("duplicates") }}>
      <Choice />
      {survivor !== undefined && other !== undefined && survivor !== other ? (
        <Two key={`${survivor} ${other}`} ids={[survivor, other]} />
      ) : (
        <Card>
          <Empty title={t("chooseTwo")} hint={t("chooseTwoHint")} icon={IconArrowsJoin2} />
        </Card>
      )}
    </Page>
  );
}

function Choice() {
  const t = useTranslations("merging");
  const { survivor = null, other = null } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (part: { survivor?: number; other?: number }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <Card>
      <Grid gap="sm">
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <Chosen label={t("survivor")} id={survivor} choose={(id) => choose({ survivor: id ?? undefined })} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <Chosen label={t("other")} id={other} choose={(id) => choose({ other: id ?? undefined })} />
        </Grid.Col>
      </Grid>
      {survivor !== null && survivor === other && (
        <Text size="sm" c="var(--mantine-color-error)" mt="xs" role="alert">
          {t("sameTwice")}
        </Text>
      )}
    </Card>
  );
}

type ChosenProps = { label: string; id: number | null; choose: (id: number | null) => void };

function Chosen({ label, id, choose }: ChosenProps) {
  const { data: customer } = useQuery({ ...customerQuery(id ?? 0), enabled: id !== null });
  const name = customer && [customerName(customer), customer.email].filter(Boolean).join(" · ");
  const present = id !== null && name ? { value: String(id), label: name } : undefined;
  return <CustomerChoice label={label} value={id} onChange={choose} present={present} />;
}

function Two({ ids: [survivor, other] }: { ids: [number, number] }) {
  const t = useTranslations("merging");
  const may = useMay();
  const [round, setRound] = useState(0);
  const one = useQuery(customerQuery(survivor));
  const two = useQuery(customerQuery(other));
  // Once both were there, they stay until the merge is undone.
  const [held, setHold] = useState<[Customer, Customer] | null>(null);
  if (!held && one.data && two.data && one.data.id !== two.data.id) setHold([one.data, two.data]);
  if (!may("merging:write")) return <Empty title={t("readOnly")} icon={IconArrowsJoin2} />;
  if (held) return <Workbench key={round} customers={held} undone={() => setRound(round + 1)} />;
  if (one.data && two.data) return <Empty title={t("oneAlready")} hint={t("oneAlreadyHint")} icon={IconArrowsJoin2} />;
  const error = one.error ?? two.error;
  return error ? <PageFailure error={error} retry={() => one.refetch()} /> : <LoadingLines lines={8} />;
}
