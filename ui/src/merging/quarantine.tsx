// Pairs that were not merged without asking, and why; a person merges them or says that they are two.
import { Button, Group } from "@mantine/core";
import { IconShieldQuestion } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { ListedQuarantined } from "@/api/types";
import { NamedCustomerLink } from "@/customers/link";
import { useShare } from "@/duplicates/score";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { LinkButton } from "@/parts/link-button";
import { type Column, Rows } from "@/parts/rows";
import { useToasts } from "@/parts/toasts";
import { When } from "@/parts/when";
import { useMay } from "@/shell/session";
import { dismiss, quarantinePath, refreshMerged } from "./queries";
import { ReasonList } from "./reason-list";

export function Quarantine() {
  const t = useTranslations("merging");
  const shareOf = useShare();
  const list = useCursorList<ListedQuarantined>(quarantinePath);
  const columns: Column<ListedQuarantined>[] = [
    {
      key: "pair",
      label: t("pair"),
      cell: ({ survivorId, survivor, otherId, other }) => (
        <>
          <NamedCustomerLink id={survivorId} name={survivor} /> · <NamedCustomerLink id={otherId} name={other} />
        </>
      ),
    },
    { key: "why", label: t("why"), cell: ({ reasons }) => <ReasonList reasons={reasons} /> },
    {
      key: "score",
      label: t("wanted"),
      width: 140,
      cell: ({ score, rule }) => rule ?? (score === null ? "–" : shareOf(score)),
    },
    { key: "at", label: t("when"), width: 130, wideOnly: true, cell: ({ at }) => <When at={at} /> },
    { key: "acts", label: t("acts"), width: 250, cell: (pair) => <Acts pair={pair} /> },
  ];
  return (
    <Rows
      label={t("quarantine")}
      wrapping
      columns={columns}
      list={list}
      keyOf={({ id }) => id}
      empty={<Empty title={t("noQuarantine")} hint={t("noQuarantineHint")} icon={IconShieldQuestion} />}
    />
  );
}

function Acts({ pair: { id, survivorId, otherId } }: { pair: ListedQuarantined }) {
  const t = useTranslations("merging");
  const toasts = useToasts();
  const queries = useQueryClient();
  const may = useMay();
  if (!may("merging:write")) return null;
  const letBeTwo = async () => {
    try {
      await dismiss(id);
      toasts.done(t("dismissed"));
      await refreshMerged(queries);
    } catch (error) {
      toasts.failed(error);
    }
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <LinkButton
        to="/merge"
        search={{ survivor: survivorId, other: otherId }}
        size="compact-sm"
        variant="default"
        aria-label={t("lookAt", { id })}
      >
        {t("look")}
      </LinkButton>
      <Button size="compact-sm" variant="default" aria-label={t("dismissPair", { id })} onClick={letBeTwo}>
        {t("dismiss")}
      </Button>
    </Group>
  );
}
