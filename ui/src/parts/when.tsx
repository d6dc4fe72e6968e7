// A moment: how long ago or how soon, with the exact time on hover and for machines.
import { Tooltip } from "@mantine/core";
import { useFormatter, useNow } from "use-intl";

const TICK_MS = 60_000;

type Props = {
  at: string | null | undefined;
  /** Says the moment itself instead of how long ago it was; `day` leaves out the time of day. */
  exact?: boolean | "day";
};

export function When({ at, exact = false }: Props) {
  const format = useFormatter();
  useNow({ updateInterval: TICK_MS });
  if (!at) return <span>–</span>;
  const moment = new Date(at);
  const full = format.dateTime(moment, { dateStyle: "medium", timeStyle: "short" });
  // Not the moment of the last tick: what was done since would lie in the future.
  const relative = format.relativeTime(moment, Date.now());
  const day = format.dateTime(moment, { dateStyle: "medium" });
  const shown = exact === "day" ? day : exact ? full : relative;
  return (
    <Tooltip label={exact === true ? relative : full}>
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
