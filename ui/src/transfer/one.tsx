// One import: its progress while it runs, its result afterwards.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Loading } from "@/parts/loading";
import { PageFailure } from "@/parts/not-found";
import { Card, Page } from "@/parts/page";
import { When } from "@/parts/when";
import { importQuery } from "./queries";
import { ImportReport } from "./report";

const route = getRouteApi("/inside/import/$id");

export function OneImport() {
  const t = useTranslations("transfer");
  const { id } = route.useParams();
  const { data: one, error, refetch } = useQuery(importQuery(id));
  if (error && !one) return <PageFailure error={error} retry={refetch} />;
  if (!one) return <Loading />;
  const hint = (
    <>
      {t(`importKinds.${one.kind}`)} · <When at={one.createdAt} />
    </>
  );
  return (
    <Page title={one.fileName} hint={hint} back={{ to: "/import", label: t("title") }}>
      <Card>
        <ImportReport id={one.id} />
      </Card>
    </Page>
  );
}
