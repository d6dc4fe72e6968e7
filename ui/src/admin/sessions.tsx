// The sessions one has open: where, since when, and an end to each of them.
import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { get, remove } from "@/api/client";
import type { OpenSession } from "@/api/types";
import { ConfirmButton } from "@/parts/confirm";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { browserName } from "./browser-name";

const path = "/api/sessions";

export const sessionsQuery = queryOptions({
  queryKey: [path],
  queryFn: ({ signal }) => get<{ items: OpenSession[] }>(path, {}, signal),
});

export function SessionsCard() {
  const t = useTranslations("account");
  const { data, error, refetch } = useQuery(sessionsQuery);
  const endAll = useEnding();
  const others = data?.items.some((session) => !session.isCurrent) ?? false;
  const actions = others && (
    <ConfirmButton
      label={t("endOthers")}
      title={t("endOthersTitle")}
      text={t("endOthersText")}
      verb={t("endOthers")}
      act={() => endAll(path)}
    />
  );
  return (
    <Card title={t("sessions")} hint={t("sessionsHint")} actions={actions} flush>
      {error && <Failure error={error} retry={refetch} />}
      {!data && !error && <LoadingLines />}
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
        {data?.items.map((session) => (
          <One key={session.id} session={session} />
        ))}
      </Stack>
    </Card>
  );
}

function useEnding() {
  const t = useTranslations("account");
  const toasts = useToasts();
  const queries = useQueryClient();
  return async (which: string) => {
    await remove(which);
    toasts.done(t("ended"));
    await queries.invalidateQueries({ queryKey: [path] });
  };
}

function One({ session }: { session: OpenSession }) {
  const t = useTranslations("account");
  const toasts = useToasts();
  const end = useEnding();
  const name = useBrowserName(session.userAgent);
  const act = () => end(`${path}/${session.id}`).catch(toasts.failed);
  return (
    <Group
      component="li"
      justify="space-between"
      gap="sm"
      px="md"
      py="sm"
      style={{ borderTop: "1px solid var(--regulars-line)" }}
    >
      <div>
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {name}
          </Text>
          {session.isCurrent && <Badge>{t("thisOne")}</Badge>}
        </Group>
        <Text size="sm" c="dimmed">
          {t("lastUsed")} <When at={session.lastUsedAt} /> · {t("begun")} <When at={session.createdAt} exact /> ·{" "}
          {t(`cameBy.${session.cameBy}`)} · {session.address}
        </Text>
      </div>
      {!session.isCurrent && (
        <Button size="compact-sm" variant="default" onClick={act} aria-label={t("endOne", { name })}>
          {t("end")}
        </Button>
      )}
    </Group>
  );
}

function useBrowserName(userAgent: string): string {
  const t = useTranslations("account");
  const { browser, system } = browserName(userAgent);
  if (browser && system) return t("browserOn", { browser, system });
  return browser ?? system ?? t("unknownBrowser");
}
