// How likely two customers are one person, in percent that never round up to certainty.
import { Badge, Tooltip } from "@mantine/core";
import { useFormatter, useTranslations } from "use-intl";
import type { DuplicatePair } from "@/api/types";

const SURE_FROM = 0.95;
const LIKELY_FROM = 0.8;
/** Digits below percent are cut off. */
const CUT = 1000;

export function useShare(): (share: number) => string {
  const format = useFormatter();
  return (share) => format.number(Math.floor(share * CUT) / CUT, { style: "percent", maximumFractionDigits: 1 });
}

type Props = { pair: Pick<DuplicatePair, "probability" | "rules"> };

/** Pairs that only rules speak for have no probability. */
export function Score({ pair: { probability, rules } }: Props) {
  const t = useTranslations("duplicates");
  const shareOf = useShare();
  if (probability === 0 && rules.length > 0) {
    return (
      <Tooltip label={rules.join(", ")}>
        <Badge color="blue">{t("byRule")}</Badge>
      </Tooltip>
    );
  }
  const color = probability >= SURE_FROM ? "pine" : probability >= LIKELY_FROM ? "blue" : "gray";
  return (
    <Badge color={color} className="figures">
      {shareOf(probability)}
    </Badge>
  );
}
