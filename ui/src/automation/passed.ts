// How much time lies between two instants, in the unit that says it best.

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** As a delay ("2h"), rounded; null for less than half a minute. */
export function passedBetween(from: string, to: string): string | null {
  const minutes = Math.round((new Date(to).getTime() - new Date(from).getTime()) / MINUTE_MS);
  if (minutes <= 0) return null;
  if (minutes >= 2 * DAY || minutes === DAY) return `${Math.round(minutes / DAY)}d`;
  return minutes >= 2 * HOUR || minutes === HOUR ? `${Math.round(minutes / HOUR)}h` : `${minutes}m`;
}
