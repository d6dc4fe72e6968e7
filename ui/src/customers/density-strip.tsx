// How much a customer did in the course of time, as a strip of bars above the timeline; a bar leads to what happened then and before.
import { Button, Group } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { get } from "@/api/client";
import type { Customer, TimelineDensity } from "@/api/types";
import { useMay } from "@/shell/session";
import { customersPath } from "./queries";
import { type Stretch, stretchesOf } from "./stretches";
import "./density-strip.css";

const route = getRouteApi("/inside/customers/$id");

export function DensityStrip({ customer }: { customer: Customer }) {
  const may = useMay();
  const path = `${customersPath}/${customer.id}/timeline`;
  const { data } = useQuery({
    queryKey: [path, "density"],
    queryFn: ({ signal }) => get<TimelineDensity>(`${path}/density`, undefined, signal),
    enabled: may("activities:read"),
  });
  const stretches = data ? stretchesOf(data) : [];
  // One activity, or several of one moment, have no course of time.
  if (stretches.filter(({ count }) => count > 0).length < 2) return null;
  return <Strip stretches={stretches} />;
}

function Strip({ stretches }: { stretches: Stretch[] }) {
  const t = useTranslations("customers");
  const dayOf = useDay();
  const { until } = route.useSearch();
  const navigate = route.useNavigate();
  const [focused, setFocused] = useState(stretches.length - 1);
  const most = Math.max(...stretches.map(({ count }) => count));
  const show = (moment: string | undefined) =>
    navigate({ search: (before) => ({ ...before, until: moment }), replace: true });
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const next = focused + ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0);
    if (next === focused || stretches[next] === undefined) return;
    event.preventDefault();
    setFocused(next);
    (event.currentTarget.children[next] as HTMLElement).focus();
  };
  return (
    <Group gap="xs" px="sm" pt="sm" wrap="nowrap">
      {/* One stop for the tab key; the arrows go on from there. */}
      <div className="density" role="toolbar" aria-label={t("density")} onKeyDown={move}>
        {stretches.map(({ from, to, count }, place) => {
          const said = t("densityStretch", { count, from: dayOf(from), to: dayOf(to) });
          return (
            <button
              key={from}
              type="button"
              tabIndex={place === focused ? 0 : -1}
              title={said}
              aria-label={said}
              aria-pressed={until === to}
              data-beyond={(until !== undefined && until < to) || undefined}
              onFocus={() => setFocused(place)}
              onClick={() => show(until === to || place === stretches.length - 1 ? undefined : to)}
            >
              {count > 0 && <i style={{ height: `${(100 * count) / most}%` }} />}
            </button>
          );
        })}
      </div>
      {until !== undefined && <UpTo day={dayOf(until)} onRemove={() => show(undefined)} />}
    </Group>
  );
}

function UpTo({ day, onRemove }: { day: string; onRemove: () => void }) {
  const t = useTranslations("customers");
  const said = t("densityUntil", { day });
  return (
    <Button
      size="compact-sm"
      variant="light"
      aria-label={`${said}: ${t("densityAll")}`}
      rightSection={<IconX size={13} aria-hidden />}
      onClick={onRemove}
    >
      {said}
    </Button>
  );
}

function useDay(): (moment: string) => string {
  const format = useFormatter();
  return (moment) => format.dateTime(new Date(moment), { dateStyle: "medium" });
}
