// What a condition says of one customer while it is being written.
import { Box } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { later } from "@/parts/later";
import { Card } from "@/parts/page";

const Trial = later(() => import("./trial-answer"), "Trial");

/** The condition is null as long as it is not complete. */
export function TrialCard({ condition }: { condition: Condition | null }) {
  const t = useTranslations("segments");
  const [customer, setCustomer] = useState<number | null>(null);
  return (
    <Card title={t("trial")}>
      <CustomerChoice label={t("trialCustomer")} value={customer} onChange={setCustomer} />
      {customer !== null && (
        <Box mt="md" aria-live="polite">
          <Trial key={customer} customer={customer} condition={condition} />
        </Box>
      )}
    </Card>
  );
}
