// Shown for an address that leads nowhere.
import { Button } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Empty } from "./empty";
import { Page } from "./page";

export function NotFound() {
  const t = useTranslations("errors");
  return (
    <Page title={t("noPage")}>
      <Empty title={t("notFound")} hint={t("noPageHint")} icon={IconMapOff}>
        <Button component={Link} to="/" variant="default">
          {t("toDashboard")}
        </Button>
      </Empty>
    </Page>
  );
}
