// A figure per day as bars, drawn here: one plain bar chart does not justify a charting library that outweighs the rest of the app.
import { Box, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useFormatter } from "use-intl";
import { niceSteps } from "./scale";

export type DayCount = { day: string; count: number };
type Props = {
  days: DayCount[];
  height: number;
  /** What the picture shows, for those who do not see it. */
  label: string;
  /** What is said of one day on hover. */
  wordsOf: (day: string, count: number) => string;
};

const AXIS_LEFT = 44;
const AXIS_BOTTOM = 22;
const TOP = 8;
const BAR_MAX = 22;
const LABEL_EVERY_PX = 72;
const LABEL_HALF_PX = 24;

export function Bars({ days, height, label, wordsOf }: Props) {
  const format = useFormatter();
  const { ref, width } = useElementSize();
  return (
    <Box ref={ref} h={height}>
      {width > 0 && (
        <svg className="bars figures" width={width} height={height} role="img" aria-label={label}>
          <Grid days={days} width={width} height={height} numberOf={(count) => format.number(count)} />
          <Columns days={days} width={width} height={height} wordsOf={wordsOf} />
        </svg>
      )}
    </Box>
  );
}

type Area = Pick<Props, "days" | "height"> & { width: number };

function Grid({ days, width, height, numberOf }: Area & { numberOf: (count: number) => string }) {
  const steps = niceSteps(Math.max(0, ...days.map(({ count }) => count)));
  const top = steps.at(-1) ?? 1;
  return steps.map((step) => {
    const y = yOf(step, top, height);
    return (
      <g key={step}>
        <line x1={AXIS_LEFT} x2={width} y1={y} y2={y} />
        <text x={AXIS_LEFT - 8} y={y + 4} textAnchor="end">
          {numberOf(step)}
        </text>
      </g>
    );
  });
}

function Columns({ days, width, height, wordsOf }: Area & Pick<Props, "wordsOf">) {
  const format = useFormatter();
  const top = niceSteps(Math.max(0, ...days.map(({ count }) => count))).at(-1) ?? 1;
  const slot = (width - AXIS_LEFT) / Math.max(1, days.length);
  const thickness = Math.min(BAR_MAX, slot * 0.7);
  const labelEvery = Math.max(1, Math.ceil(LABEL_EVERY_PX / slot));
  const nameOf = (day: string) =>
    format.dateTime(new Date(`${day}T12:00:00Z`), { day: "numeric", month: "short", timeZone: "UTC" });
  // In the middle below its bar, the last label would reach out of the picture.
  const isAtEnd = (x: number) => width - x - slot / 2 < LABEL_HALF_PX;
  return days.map(({ day, count }, index) => {
    const x = AXIS_LEFT + index * slot;
    const y = yOf(count, top, height);
    return (
      <Tooltip key={day} label={wordsOf(nameOf(day), count)} openDelay={0}>
        <g>
          <rect className="reach" x={x} y={TOP} width={slot} height={height - AXIS_BOTTOM - TOP} />
          <rect
            className="bar"
            x={x + (slot - thickness) / 2}
            y={y}
            width={thickness}
            height={Math.max(0, height - AXIS_BOTTOM - y)}
            rx={2}
          />
          {(days.length - 1 - index) % labelEvery === 0 && (
            <text x={isAtEnd(x) ? width : x + slot / 2} y={height - 5} textAnchor={isAtEnd(x) ? "end" : "middle"}>
              {nameOf(day)}
            </text>
          )}
        </g>
      </Tooltip>
    );
  });
}

function yOf(count: number, top: number, height: number): number {
  return TOP + (1 - count / top) * (height - TOP - AXIS_BOTTOM);
}
