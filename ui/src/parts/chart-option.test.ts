// Charts: what is drawn of figures, and what is put together.
import { expect, test } from "vitest";
import { optionOf, type Series, stacked } from "./chart-option";

const look = { colorOf: (name: string) => name, number: String, day: String, tip: () => null as never };

function series(key: string, counts: number[], more: Partial<Series> = {}): Series {
  return { key, name: key, counts, shape: "bar", color: "--regulars-chart-1", ...more };
}

test("bars are stacked, and figures of another size have a scale of their own", () => {
  const drawn = optionOf(
    ["2026-03-01"],
    [series("new", [1]), series("all", [900], { shape: "line", right: true })],
    look,
  );
  const [bars, line] = drawn.series as { type: string; stack?: string; yAxisIndex: number; color: string }[];
  expect(bars).toMatchObject({ type: "bar", stack: "bars", yAxisIndex: 0, color: "--regulars-chart-1" });
  expect(line).toMatchObject({ type: "line", stack: undefined, yAxisIndex: 1 });
  expect(drawn.yAxis).toHaveLength(2);
  expect(optionOf(["2026-03-01"], [series("new", [1])], look).yAxis).toHaveLength(1);
});

test("what is not shown by itself is shown together, if there is any", () => {
  const other = (counts: number[]) => series("other", counts);
  const orders = series("order", [2, 3]);
  expect(stacked([orders], [2, 5], other)).toEqual([orders, series("other", [0, 2])]);
  expect(stacked([orders], [2, 3], other)).toEqual([orders]);
});
