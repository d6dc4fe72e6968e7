// What becomes of one thing that an import did: whose it is, and what changes or why it stays.
import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { ImportUndoOutcome } from "@/api/types";
import { ChangeList } from "@/bulk/changes";
import { useRefusalText } from "@/refusals";

export function Subject({ of }: { of: ImportUndoOutcome }) {
  const t = useTranslations("transfer.undo.subjects");
  const name = of.name ?? `#${of.customerId}`;
  const link = (
    <Link to="/customers/$id" params={{ id: String(of.customerId) }} search={{}} className="row-link">
      {name}
    </Link>
  );
  return of.subject === "customer" ? link : t.rich(of.subject, { customer: () => link });
}

export function Consequence({ of }: { of: ImportUndoOutcome }) {
  const t = useTranslations("transfer.undo.outcomes");
  const reasons = useReasons();
  if (of.outcome === "restored") return <ChangeList changes={of.changes} />;
  return (
    <Text span size="sm">
      {t(of.outcome, { why: reasons(of) })}
    </Text>
  );
}

/** Why it stays. */
export function useReasons(): (of: ImportUndoOutcome) => string {
  const refusalText = useRefusalText();
  return ({ problems }) => problems.map(refusalText).join("; ");
}
