// What a picture of figures by day consists of, in the words of the charting library.
import type { EChartsCoreOption } from "echarts/core";

export type Series = {
  key: string;
  name: string;
  /** A figure for each day. */
  counts: number[];
  shape: "bar" | "line";
  /** The name of a colour of the theme. */
  color: string;
  /** Has a scale of its own on the right: figures of another size. */
  right?: boolean;
};

export const seriesColors = [
  "--regulars-chart-1",
  "--regulars-chart-2",
  "--regulars-chart-3",
  "--regulars-chart-4",
  "--regulars-chart-5",
  "--regulars-chart-6",
  "--regulars-chart-7",
] as const;
/** What is put together because there are too many. */
export const otherColor = "--regulars-chart-other";

type Look = {
  colorOf: (name: string) => string;
  number: (count: number) => string;
  day: (day: string) => string;
  /** What is said of one day on hover. */
  tip: (place: number) => HTMLElement;
};

export function optionOf(days: string[], series: Series[], look: Look): EChartsCoreOption {
  const line = look.colorOf("--regulars-line");
  const words = { color: look.colorOf("--mantine-color-dimmed"), fontSize: 11.5 };
  const scale = (right: boolean) => ({
    type: "value",
    minInterval: 1,
    // A scale that begins at nothing would hide how little a large figure changes.
    scale: right,
    splitLine: { show: !right, lineStyle: { color: line } },
    axisLabel: { ...words, formatter: look.number },
  });
  const onRight = series.some(({ right }) => right);
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 10, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis",
      confine: true,
      transitionDuration: 0,
      padding: 0,
      borderWidth: 0,
      backgroundColor: "transparent",
      extraCssText: "box-shadow: none",
      axisPointer: { type: "shadow", shadowStyle: { color: look.colorOf("--regulars-hover"), opacity: 0.9 } },
      formatter: (hovered: unknown) => look.tip(placeOf(hovered)),
    },
    xAxis: {
      type: "category",
      data: days,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: line } },
      axisLabel: { ...words, formatter: look.day, hideOverlap: true },
    },
    yAxis: onRight ? [scale(false), scale(true)] : [scale(false)],
    series: series.map(({ name, counts, shape, color, right }) => ({
      name,
      type: shape,
      data: counts,
      yAxisIndex: right ? 1 : 0,
      stack: shape === "bar" ? "bars" : undefined,
      color: look.colorOf(color),
      barMaxWidth: 22,
      barCategoryGap: "30%",
      symbol: "none",
      lineStyle: { width: 2 },
      emphasis: { disabled: true },
    })),
  };
}

function placeOf(hovered: unknown): number {
  const [first] = Array.isArray(hovered) ? hovered : [hovered];
  return typeof first === "object" && first !== null && "dataIndex" in first ? Number(first.dataIndex) : 0;
}

/** The first so many types by themselves, the others together. */
export function stacked<T extends { counts: number[] }>(all: T[], sums: number[], other: (counts: number[]) => T): T[] {
  const rest = sums.map((sum, place) => sum - all.reduce((shown, { counts }) => shown + (counts[place] ?? 0), 0));
  return rest.some((count) => count > 0) ? [...all, other(rest)] : all;
}
