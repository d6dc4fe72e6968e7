// Whether a segment or a group is filled by hand or computed: shown as a badge, chosen with a control.
import { Badge, SegmentedControl } from "@mantine/core";
import { useTranslations } from "use-intl";

export function KindBadge({ calculated }: { calculated: boolean }) {
  const t = useTranslations("segments");
  return <Badge color={calculated ? "blue" : "gray"}>{t(calculated ? "computed" : "manual")}</Badge>;
}

export function KindControl({ calculated, choose }: { calculated: boolean; choose: (calculated: boolean) => void }) {
  const t = useTranslations("segments");
  return (
    <SegmentedControl
      aria-label={t("kind")}
      value={calculated ? "computed" : "manual"}
      onChange={(value) => choose(value === "computed")}
      data={[
        { value: "computed", label: t("computed") },
        { value: "manual", label: t("manual") },
      ]}
    />
  );
}
