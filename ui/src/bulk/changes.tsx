// What a bulk action changes of one customer: each value before and after, his segments and notes in words.
import { Group, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { steps } from "@/api/pointer";
import type { BulkOutcome } from "@/api/types";
import { useCatalogue } from "@/conditions/catalogue";
import { useFieldLabel } from "@/customers/field-label";
import { usePairText } from "@/parts/details";
import { plain, useReasonText } from "./text";

export function Changes({ of }: { of: BulkOutcome }) {
  const t = useTranslations("bulk");
  const reasonOf = useReasonText();
  if (of.outcome === "refused") return of.problems.map(reasonOf).join("; ");
  const changes = Object.keys(of.changes);
  if (of.outcome === "same") return <Dimmed>{t("outcomes.same")}</Dimmed>;
  return changes.length === 0 ? t("isDeleted") : <ChangeList changes={of.changes} />;
}

/** Values before and after, by JSON pointer. */
export function ChangeList({ changes }: Pick<BulkOutcome, "changes">) {
  return Object.entries(changes).map(([pointer, [before, after]]) => (
    <Change key={pointer} pointer={pointer} before={before} after={after} />
  ));
}

function Change({ pointer, before, after }: { pointer: string; before: unknown; after: unknown }) {
  const t = useTranslations("bulk");
  const labelOf = useFieldLabel();
  const textOf = usePairText();
  const { segments } = useCatalogue();
  const [kind, id] = steps(pointer);
  if (kind === "segments") {
    const name = segments.find((segment) => String(segment.id) === id)?.name ?? `#${id}`;
    return t(after === null ? "leaves" : "enters", { name });
  }
  if (kind === "notes") return t(after === null ? "noteGoes" : "noteComes", { title: String(after ?? before) });
  const label = labelOf(steps(pointer).at(-1) ?? pointer);
  const shown = (value: unknown) => textOf({ name: label, value: plain(value) });
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <Dimmed>{label}</Dimmed>
      <Text span size="sm" td={before === null ? undefined : "line-through"} c="dimmed">
        <span className="visually-hidden">{t("before")} </span>
        {shown(before)}
      </Text>
      <IconArrowRight size={13} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm" fw={550}>
        <span className="visually-hidden">{t("after")} </span>
        {shown(after)}
      </Text>
    </Group>
  );
}

function Dimmed({ children }: { children: string }) {
  return (
    <Text span size="sm" c="dimmed">
      {children}
    </Text>
  );
}
