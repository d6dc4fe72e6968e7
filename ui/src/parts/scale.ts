// Round steps for the axis of a chart: 0, 200, 400 … rather than 0, 187, 374 …

const STEPS_WANTED = 4;

/** From zero to a round number at or above the largest value, in even steps of 1, 2 or 5 times a power of ten. */
export function niceSteps(largest: number): number[] {
  if (largest <= 0) return [0, 1];
  const rough = largest / STEPS_WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => rough <= candidate) ?? 1);
  const count = Math.ceil(largest / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
