// The picture of a chart, drawn as SVG by a charting library, in the colours of the theme.
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useFormatter } from "use-intl";
import { optionOf, type Series } from "./chart-option";

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

type Props = { days: string[]; series: Series[]; height: number; label: string };

export function Picture({ days, series, height, label }: Props) {
  const format = useFormatter();
  const scheme = useComputedColorScheme();
  const { ref: sized, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  useEffect(() => {
    if (!place.current || width === 0) return;
    chart.current ??= init(place.current, null, { renderer: "svg" });
    chart.current.resize({ width, height });
  }, [width, height]);
  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = null;
    },
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme has other colours under the same names
  useEffect(() => {
    const styles = getComputedStyle(document.documentElement);
    const dayOf = (day: string, dateStyle: "short" | "long") =>
      format.dateTime(
        new Date(`${day}T12:00:00Z`),
        dateStyle === "long"
          ? { dateStyle: "medium", timeZone: "UTC" }
          : { day: "numeric", month: "short", timeZone: "UTC" },
      );
    const look = {
      colorOf: (name: string) => styles.getPropertyValue(name).trim(),
      number: (count: number) => format.number(count, { notation: count < 100_000 ? "standard" : "compact" }),
      day: (day: string) => dayOf(day, "short"),
      tip: (at: number) => tip(dayOf(days[at] ?? "1970-01-01", "long"), series, at, (count) => format.number(count)),
    };
    chart.current?.setOption(optionOf(days, series, look), { notMerge: true });
  }, [days, series, width, height, scheme, format]);
  return (
    <div ref={sized} style={{ height }}>
      <div ref={place} role="img" aria-label={label} className="chart figures" style={{ height }} />
    </div>
  );
}

function tip(day: string, series: Series[], place: number, number: (count: number) => string): HTMLElement {
  const box = document.createElement("div");
  box.className = "chart-tip figures";
  box.append(element("strong", day));
  for (const { name, counts, color } of series) {
    const mark = element("i", "");
    mark.style.background = `var(${color})`;
    const row = element("div", "");
    row.append(mark, element("span", name), element("b", number(counts[place] ?? 0)));
    box.append(row);
  }
  return box;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
