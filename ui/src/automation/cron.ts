// Calendar expressions of five parts: what they mean in words, and when they come next.

export type Crontab = {
  minutes: number[];
  hours: number[];
  days: number[];
  months: number[];
  /** 0 is Sunday. */
  weekdays: number[];
  /** Whether the day of the month, the day of the week say anything. */
  asksDay: boolean;
  asksWeekday: boolean;
};

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const YEARS_AHEAD = 8;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function readCron(text: string): Crontab | null {
  const [minute, hour, day, month, weekday, ...rest] = text.trim().split(/\s+/);
  if (!minute || !hour || !day || !month || !weekday || rest.length > 0) return null;
  const parts = [
    numbersOf(minute, 0, 59),
    numbersOf(hour, 0, 23),
    numbersOf(day, 1, 31),
    numbersOf(month, 1, 12, MONTHS, 1),
    numbersOf(weekday, 0, 7, WEEKDAYS, 0),
  ];
  const [minutes, hours, days, months, weekdays] = parts;
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  return {
    ...{ minutes, hours, days, months },
    weekdays: sorted(weekdays.map((one) => one % 7)),
    asksDay: day !== "*",
    asksWeekday: weekday !== "*",
  };
}

/** The numbers a part means, or null where it is written in a way this app does not read. */
function numbersOf(part: string, min: number, max: number, names: string[] = [], first = 0): number[] | null {
  const found: number[] = [];
  for (const piece of part.split(",")) {
    const [range = "", step = "1", ...more] = piece.split("/");
    const every = Number(step);
    const ends = range === "*" ? [min, max] : range.split("-").map((end) => numberOf(end, names, first));
    const [from, to = piece.includes("/") ? max : ends[0]] = ends;
    if (from === undefined || to === undefined || ends.length > 2 || more.length > 0) return null;
    if (![from, to, every].every(Number.isInteger) || from < min || to > max || from > to || every < 1) return null;
    for (let one = from; one <= to; one += every) found.push(one);
  }
  return sorted(found);
}

function numberOf(text: string, names: string[], first: number): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + first;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function sorted(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((one, other) => one - other);
}

/** The next instants in a time zone, at most so many. */
export function nextOf(crontab: Crontab, zone: string, from: Date, count: number): Date[] {
  const found: Date[] = [];
  const today = Math.floor((from.getTime() + offsetMs(from, zone)) / DAY_MS) * DAY_MS;
  for (let passed = 0; passed < YEARS_AHEAD * 366 && found.length < count; passed += 1) {
    const day = new Date(today + passed * DAY_MS);
    if (!isMeant(crontab, day)) continue;
    for (const at of timesOf(crontab, day, zone)) {
      if (at > from && found.length < count) found.push(at);
    }
  }
  return found;
}

function isMeant({ months, days, weekdays, asksDay, asksWeekday }: Crontab, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const byDay = days.includes(day.getUTCDate());
  const byWeekday = weekdays.includes(day.getUTCDay());
  return asksDay && asksWeekday ? byDay || byWeekday : byDay && byWeekday;
}

function timesOf({ hours, minutes }: Crontab, day: Date, zone: string): Date[] {
  return hours.flatMap((hour) =>
    minutes.map((minute) => {
      const local = day.getTime() + (hour * 60 + minute) * MINUTE_MS;
      const guess = new Date(local - offsetMs(new Date(local), zone));
      return new Date(local - offsetMs(guess, zone));
    }),
  );
}

/** How far the clocks of a zone are ahead of UTC at an instant. */
function offsetMs(at: Date, zone: string): number {
  const parts = clockOf(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(at.getTime() / 1000) * 1000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  });
  clocks.set(zone, clock);
  return clock;
}
