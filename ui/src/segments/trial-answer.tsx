// The answer for one customer, and why.
import { Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Condition } from "@/api/types";
import { Answer } from "@/conditions/answer";
import { Failure } from "@/parts/failure";
import { LoadingLines } from "@/parts/loading";
import { trialQuery } from "./queries";

/** Mounted anew for each customer, so that an edit keeps the last answer in sight but never that of somebody else. */
export function Trial({ customer, condition }: { customer: number; condition: Condition | null }) {
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
