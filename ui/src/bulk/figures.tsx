// For how many customers what comes of an action: the figures of a preview and of a result.
import { useTranslations } from "use-intl";
import type { BulkOutcome } from "@/api/types";
import { Count } from "@/parts/count";
import { bulkOutcomes } from "@/searches";

type Props = { of: Record<BulkOutcome["outcome"], number>; isAhead?: boolean };

export function Figures({ of, isAhead = false }: Props) {
  const t = useTranslations("bulk");
  const before = useTranslations("bulk.ahead");
  return (
    <dl className="bulk-figures">
      {bulkOutcomes.map((outcome) => (
        <div key={outcome}>
          <dt>{isAhead ? before(outcome) : t(`outcomes.${outcome}`)}</dt>
          <dd>
            <Count of={of[outcome]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
