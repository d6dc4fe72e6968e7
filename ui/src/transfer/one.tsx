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
import { UndoButton } from "./undo-dialog";
import { UndoReport } from "./undo-report";

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
      {one.isUndoable && one.undoableUntil && (
        <>
          {" "}
          · {t("undo.until")} <When at={one.undoableUntil} exact />
        </>
      )}
    </>
  );
  return (
    <Page
      title={one.fileName}
      hint={hint}
      back={{ to: "/import", label: t("title") }}
      actions={<UndoButton one={one} />}
    >
      <Card>
        <ImportReport id={one.id} />
      </Card>
      {one.undo && (
        <Card title={t("undo.report")}>
          <UndoReport one={one} undo={one.undo} refetch={refetch} />
        </Card>
      )}
    </Page>
  );
}
