// What a calendar expression means, in words.
import { useFormatter, useTranslations } from "use-intl";
import { type Crontab, readCron } from "./cron";

const TIMES_MAX = 4;

/** Null while the expression cannot be read. */
export function useCronText(): (expression: string) => string | null {
  const t = useTranslations("triggers.cron");
  const format = useFormatter();
  const month = (number: number) =>
    format.dateTime(new Date(Date.UTC(2024, number - 1, 1)), { month: "long", timeZone: "UTC" });
  /** The 7th of January 2024 was a Sunday. */
  const weekday = (number: number) =>
    format.dateTime(new Date(Date.UTC(2024, 0, 7 + number)), { weekday: "long", timeZone: "UTC" });
  const days = (crontab: Crontab) => {
    const byDay = crontab.asksDay ? t("monthDays", { days: crontab.days.join(", ") }) : null;
    const isWorkdays = crontab.weekdays.join() === "1,2,3,4,5";
    const named = t("weekdays", { days: format.list(crontab.weekdays.map(weekday)) });
    const byWeekday = crontab.asksWeekday ? (isWorkdays ? t("workdays") : named) : null;
    if (byDay !== null && byWeekday !== null) return t("either", { one: byDay, other: byWeekday });
    return byDay ?? byWeekday ?? t("everyDay");
  };
  const months = ({ months }: Crontab) =>
    months.length === 12 ? null : t("inMonths", { months: format.list(months.map(month)) });
  return (expression) => {
    const crontab = readCron(expression);
    if (crontab === null) return null;
    const times = timesText(expression, crontab, t);
    if (times === null) return t("other", { text: expression.trim() });
    const isAllDay = !crontab.asksDay && !crontab.asksWeekday && crontab.hours.length === 24;
    const when = isAllDay ? times : `${days(crontab)} ${times}`;
    return [when, months(crontab)].filter((one) => one !== null).join(", ");
  };
}

type Translator = ReturnType<typeof useTranslations<"triggers.cron">>;

function timesText(expression: string, { minutes, hours }: Crontab, t: Translator): string | null {
  const [minute = "", hour = ""] = expression.trim().split(/\s+/);
  if (hour === "*" && /^\*(\/\d+)?$/.test(minute)) return t("everyMinutes", { count: Number(minute.slice(2) || 1) });
  if (/^\*(\/\d+)?$/.test(hour) && minutes.length === 1) {
    return t("everyHours", { count: Number(hour.slice(2) || 1), minute: minutes[0] ?? 0 });
  }
  if (hours.length * minutes.length > TIMES_MAX) return null;
  const two = (number: number) => String(number).padStart(2, "0");
  const times = hours.flatMap((one) => minutes.map((other) => `${two(one)}:${two(other)}`));
  return t("at", { times: times.join(", ") });
}
