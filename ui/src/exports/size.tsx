// The size of a file, written as the reader's language writes it.
import { useFormatter } from "use-intl";
import { sizeOf } from "./order";

export function Size({ bytes }: { bytes: number }) {
  const format = useFormatter();
  const { amount, unit } = sizeOf(bytes);
  const shown = format.number(amount, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
  return <span className="figures">{shown}</span>;
}
