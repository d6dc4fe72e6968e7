// A moment: how long ago or how soon, with the exact time on hover and for machines.
import { Tooltip } from "@mantine/core";
import { useFormatter, useNow } from "use-intl";

const TICK_MS = 60_000;

export function When({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const format = useFormatter();
  const now = useNow({ updateInterval: TICK_MS });
  if (!at) return <span>–</span>;
  const moment = new Date(at);
  const full = format.dateTime(moment, { dateStyle: "medium", timeStyle: "short" });
  const shown = exact ? full : format.relativeTime(moment, now);
  return (
    <Tooltip label={exact ? format.relativeTime(moment, now) : full}>
      <time dateTime={at} className="figures">
        {shown}
      </time>
    </Tooltip>
  );
}

/** A day without a time of day, such as a date of birth; it has no time zone and must not be shifted by one. */
export function Day({ day }: { day: string | null | undefined }) {
  const format = useFormatter();
  if (!day) return <span>–</span>;
  return (
    <time dateTime={day}>
      {format.dateTime(new Date(`${day}T12:00:00Z`), { dateStyle: "medium", timeZone: "UTC" })}
    </time>
  );
}
