// Who may be the same person as a customer, and the way to merge with somebody else.
import { Stack } from "@mantine/core";
import { IconCopyCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Customer } from "@/api/types";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { LinkButton } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import { useMay } from "@/shell/session";
import { PairView } from "./pair-view";
import { pairsOfQuery } from "./queries";

export function DuplicatesTab({ customer }: { customer: Customer }) {
  const t = useTranslations("duplicates");
  const may = useMay();
  const { data: pairs, error, refetch } = useQuery(pairsOfQuery(customer.id));
  if (error && !pairs) return <Failure error={error} retry={refetch} />;
  if (!pairs) return <LoadingLines lines={6} />;
  if (pairs.length === 0) {
    return (
      <Empty title={t("noneOf")} hint={t("noneOfHint")} icon={IconCopyCheck}>
        {may("merging:write") && (
          <LinkButton to="/merge" search={{ survivor: customer.id }} variant="default">
            {t("chooseOther")}
          </LinkButton>
        )}
      </Empty>
    );
  }
  return (
    <Stack gap={0}>
      {pairs.map((pair) => (
        <PairView
          key={pair.id}
          pair={pair}
          actions={
            <LinkButton to="/duplicates/$id" params={{ id: String(pair.id) }} size="xs" variant="default">
              {t("workbench")}
            </LinkButton>
          }
        />
      ))}
    </Stack>
  );
}
