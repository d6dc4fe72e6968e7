// Shown for an address that leads nowhere.
import { IconMapOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/api/problem";
import { LinkButton } from "@/parts/link-button";
import { Empty } from "./empty";
import { Failure } from "./failure";
import { Page } from "./page";

export function NotFound() {
  const t = useTranslations("errors");
  return (
    <Page title={t("noPage")}>
      <Empty title={t("notFound")} hint={t("noPageHint")} icon={IconMapOff}>
        <LinkButton to="/" variant="default">
          {t("toDashboard")}
        </LinkButton>
      </Empty>
    </Page>
  );
}

/** What a page shows when what it is about could not be fetched: most often because it is gone. */
export function PageFailure({ error, retry }: { error: unknown; retry: () => void }) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return <Failure error={error} retry={retry} />;
}
