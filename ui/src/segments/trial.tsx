// What a condition says of one customer while it is being written.
import { Box, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { Answer } from "@/conditions/answer";
import { CustomerChoice } from "@/customers/choice";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { Card } from "@/parts/page";
import { trialQuery } from "./queries";

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

/** Mounted anew for each customer, so that an edit keeps the last answer in sight but never that of somebody else. */
function Trial({ customer, condition }: { customer: number; condition: Condition | null }) {
  const t = useTranslations("segments");
  const { data, error, refetch } = useQuery({
    ...trialQuery(condition, customer),
    placeholderData: keepPreviousData,
  });
  if (condition === null) {
    return (
      <Text size="sm" c="dimmed">
        {t("trialIncomplete")}
      </Text>
    );
  }
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <LoadingLines lines={3} />;
  return <Answer {...data} />;
}
