// Shown for an address that leads nowhere.
import { IconMapOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { LinkButton } from "@/parts/link-button";
import { Empty } from "./empty";
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
