// A figure, written as the reader's language writes it.
import { useFormatter } from "use-intl";

export function Count({ of }: { of: number | null | undefined }) {
  const format = useFormatter();
  return <span className="figures">{of === null || of === undefined ? "–" : format.number(of)}</span>;
}
