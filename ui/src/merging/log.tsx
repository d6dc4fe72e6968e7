// Merges that were done, the newest first, each with its way back.
import { Badge, Text } from "@mantine/core";
import { IconArrowsJoin2 } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { ListedMerge, Merge } from "@/api/types";
import { NamedCustomerLink } from "@/customers/link";
import { customerName } from "@/customers/name";
import { useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { type Column, Rows } from "@/parts/rows";
import { When } from "@/parts/when";
import { Conflicts } from "./conflicts";
import { mergesPath } from "./queries";
import { UndoButton } from "./undo-button";

export function MergeLog() {
  const t = useTranslations("merging");
  const list = useCursorList<ListedMerge>(mergesPath);
  const columns: Column<ListedMerge>[] = [
    { key: "id", label: t("number"), width: 70, cell: ({ id }) => `#${id}` },
    { key: "other", label: t("went"), cell: (merge) => <Gone merge={merge} /> },
    {
      key: "survivor",
      label: t("stayed"),
      cell: ({ survivorId, survivor }) => <NamedCustomerLink id={survivorId} name={survivor} />,
    },
    { key: "cause", label: t("by"), cell: (merge) => <Cause merge={merge} /> },
    { key: "at", label: t("when"), width: 130, wideOnly: true, cell: ({ at }) => <When at={at} /> },
    { key: "state", label: t("state"), width: 250, cell: (merge) => <State merge={merge} /> },
  ];
  return (
    <Rows
      label={t("log")}
      wrapping
      columns={columns}
      list={list}
      keyOf={({ id }) => id}
      empty={<Empty title={t("noMerges")} hint={t("noMergesHint")} icon={IconArrowsJoin2} />}
    />
  );
}

/** Where a merge is in force, the old number leads to who stayed. */
function Gone({ merge: { state, otherId, other, taken } }: { merge: ListedMerge }) {
  const name = customerName({ id: otherId, ...taken.other });
  if (state === "undone") return <NamedCustomerLink id={otherId} name={other} />;
  return (
    <Text span inherit>
      {name}
      {name !== `#${otherId}` && (
        <Text span c="dimmed" size="xs">
          {" "}
          #{otherId}
        </Text>
      )}
    </Text>
  );
}

function Cause({ merge: { cause, actor } }: { merge: Merge }) {
  const t = useTranslations("merging");
  if (cause.by === "person") return actor.name;
  return <Badge color="blue">{cause.rule ? t("automaticRule", { rule: cause.rule }) : t("automatic")}</Badge>;
}

function State({ merge }: { merge: Merge }) {
  const t = useTranslations("merging");
  if (merge.state === "done") {
    if (merge.undoable || merge.coveredBy) return <UndoButton merge={merge} />;
    return <Text size="sm">{t("survivorGone")}</Text>;
  }
  return (
    <>
      <Text size="sm" c="dimmed" component="div">
        {t("undoneBy", { name: merge.undoneBy?.name ?? "–" })} <When at={merge.undoneAt} />
      </Text>
      <Conflicts conflicts={merge.conflicts} />
    </>
  );
}
