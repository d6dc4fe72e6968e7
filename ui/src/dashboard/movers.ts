// Which segments are worth a line.

/** Those that moved most, in the order in which they came; of few, all of them. */
export function movers<T extends { entered: number; left: number }>(segments: T[], most: number): T[] {
  const moved = [...segments].sort((one, other) => other.entered + other.left - one.entered - one.left).slice(0, most);
  return segments.filter((segment) => moved.includes(segment));
}
