// How much a figure changed, as a share of the one before; nothing can be said when there was nothing before.

export function changeOf(now: number, before: number): number | null {
  return before === 0 ? null : (now - before) / before;
}
