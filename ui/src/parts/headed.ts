// Labels of inputs that stand in rows, like the head of a table.

/** Only the first row carries its labels where all can see them. */
export function headed(place: number, label: string): { label: string } | { "aria-label": string } {
  return place === 0 ? { label } : { "aria-label": label };
}
