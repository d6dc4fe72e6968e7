// One's second factor: whether it is on, and the ways to set it up, to get new recovery codes, and to switch it off.
import { Badge, Button, Group, Text } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { get, post } from "@/api/client";
import type { SecondFactor } from "@/api/types";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { sessionQuery } from "@/shell/session";
import { CodesDialog } from "./recovery-codes";
import { SetUpDialog } from "./second-factor-set-up";
import { sessionsQuery } from "./sessions";
import { ShowDialog } from "./show-again";

const secondFactorPath = "/api/session/second-factor";
const FEW = 3;

const secondFactorQuery = queryOptions({
  queryKey: [secondFactorPath],
  queryFn: ({ signal }) => get<SecondFactor>(secondFactorPath, {}, signal),
});

type Opened = "setUp" | "renew" | "off" | null;

export function SecondFactorCard() {
  const t = useTranslations("account");
  const { data, error, refetch } = useQuery(secondFactorQuery);
  const [opened, open] = useState<Opened>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const toasts = useToasts();
  const changed = useChanged();
  const close = () => open(null);
  const show = (fresh: string[]) => {
    close();
    setCodes(fresh);
  };
  const off = async (body: object) => {
    await post(`${secondFactorPath}/remove`, body);
    close();
    toasts.done(t("switchedOff"));
    await changed();
  };
  const renew = async (body: object) => {
    show((await post<{ codes: string[] }>(`${secondFactorPath}/recovery-codes`, body)).codes);
  };
  const kept = () => {
    setCodes(null);
    return changed();
  };
  return (
    <Card title={t("secondFactor")} hint={t("secondFactorHint")} actions={data && <State standing={data} />}>
      {error && <Failure error={error} retry={refetch} />}
      {!data && !error && <LoadingLines lines={2} />}
      {data && <Standing standing={data} open={open} />}
      {data && (
        <>
          <SetUpDialog opened={opened === "setUp"} close={close} asksPassword={data.asksPassword} done={show} />
          <ShowDialog
            kind="renew"
            opened={opened === "renew"}
            close={close}
            asksPassword={data.asksPassword}
            send={renew}
          />
          <ShowDialog kind="off" opened={opened === "off"} close={close} asksPassword={data.asksPassword} send={off} />
        </>
      )}
      <CodesDialog codes={codes} finish={kept} />
    </Card>
  );
}

/** What else is seen of it: the list of sessions, and whether anything is still owed. */
function useChanged() {
  const queries = useQueryClient();
  return async () => {
    const touched = [secondFactorQuery, sessionsQuery, sessionQuery].map(({ queryKey }) => queryKey);
    await Promise.all(touched.map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] })));
  };
}

function State({ standing }: { standing: SecondFactor }) {
  const t = useTranslations("account");
  return <Badge color={standing.since ? "pine" : "gray"}>{t(standing.since ? "on" : "off")}</Badge>;
}

function Standing({ standing, open }: { standing: SecondFactor; open: (what: Opened) => void }) {
  const t = useTranslations("account");
  if (!standing.since) {
    return (
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 320px">
          {t("offText")}
        </Text>
        <Button onClick={() => open("setUp")}>{t("setUp")}</Button>
      </Group>
    );
  }
  const left = standing.recoveryCodesLeft;
  return (
    <Group justify="space-between" gap="sm">
      <div>
        <Text size="sm">
          {t("onSince")} <When at={standing.since} exact />
        </Text>
        <Text size="sm" c={left <= FEW ? "orange.8" : "dimmed"}>
          {t("codesLeft", { count: left })}
        </Text>
        {standing.isRequired && (
          <Text size="sm" c="dimmed">
            {t("required")}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Button variant="default" onClick={() => open("renew")}>
          {t("newCodes")}
        </Button>
        {!standing.isRequired && (
          <Button variant="default" onClick={() => open("off")}>
            {t("switchOff")}
          </Button>
        )}
      </Group>
    </Group>
  );
}
