// The choice between a picture of figures and the same figures as a table.
import { SegmentedControl } from "@mantine/core";
import { useTranslations } from "use-intl";

export type View = "chart" | "table";

type Props = { label: string; value: View; onChange: (view: View) => void };

export function ViewChoice({ label, value, onChange }: Props) {
  const t = useTranslations("parts");
  return (
    <SegmentedControl
      size="xs"
      aria-label={label}
      value={value}
      onChange={(chosen) => onChange(chosen as View)}
      data={(["chart", "table"] as const).map((one) => ({ value: one, label: t(one) }))}
    />
  );
}
