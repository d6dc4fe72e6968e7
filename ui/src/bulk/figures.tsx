// For how many customers what comes of an action: the figures of a preview and of a result.
import { useTranslations } from "use-intl";
import type { BulkOutcome } from "@/api/types";
import { Count } from "@/parts/count";
import { bulkOutcomes } from "@/searches";

type Props = {
  of: Record<BulkOutcome["outcome"], number>;
  /** What has come of it, or what would. */
  words?: "outcomes" | "ahead" | "aheadOfDeletion";
};

export function Figures({ of, words = "outcomes" }: Props) {
  const t = useTranslations("bulk");
  return (
    <dl className="bulk-figures">
      {bulkOutcomes.map((outcome) => (
        <div key={outcome}>
          <dt>{t(`${words}.${outcome}`)}</dt>
          <dd>
            <Count of={of[outcome]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
