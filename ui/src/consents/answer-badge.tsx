// What was answered: allowed, denied, or the answer taken back.
import { Badge } from "@mantine/core";
import { useTranslations } from "use-intl";

export function AnswerBadge({ granted }: { granted: boolean | null }) {
  const t = useTranslations("consents");
  if (granted === null) return <Badge color="gray">{t("takenBack")}</Badge>;
  return <Badge color={granted ? "pine" : "orange"}>{t(granted ? "granted" : "denied")}</Badge>;
}
