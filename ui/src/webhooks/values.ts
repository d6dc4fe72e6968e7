// A webhook as its form holds it: headers are rows there, and what the server says of a header is shown at its row. Pure.
import { join, steps } from "@/api/pointer";
import { ApiError } from "@/api/problem";
import type { Problem, Webhook } from "@/api/types";

export type HeaderRow = { name: string; value: string };
export type WebhookValues = {
  name: string;
  url: string;
  description: string;
  active: boolean;
  headers: HeaderRow[];
  timeoutS: number | string;
};

export const emptyWebhook: WebhookValues = {
  name: "",
  url: "",
  description: "",
  active: true,
  headers: [],
  timeoutS: 10,
};

export function valuesOf({
  name,
  url,
  description = "",
  active = true,
  headers = {},
  timeoutS,
}: Webhook): WebhookValues {
  const rows = Object.entries(headers).map(([header, value]) => ({ name: header, value }));
  return { name, url, description, active, headers: rows, timeoutS };
}

/** What is sent: rows that were left empty are none. */
export function bodyOf({ headers, timeoutS, ...rest }: WebhookValues): object {
  const written = headers.filter((row) => !isEmpty(row)).map(({ name, value }) => [name.trim(), value]);
  return { ...rest, headers: Object.fromEntries(written), timeoutS: timeoutS === "" ? 0 : timeoutS };
}

function isEmpty({ name, value }: HeaderRow): boolean {
  return name.trim() === "" && value === "";
}

/** Whether an earlier row has the same name: sent as one object, one of them would be lost without a word. */
export function isTwice(headers: HeaderRow[], place: number): boolean {
  const row = headers[place];
  if (row === undefined || isEmpty(row)) return false;
  return headers.slice(0, place).some((other) => !isEmpty(other) && folded(other) === folded(row));
}

export function hasTwice(headers: HeaderRow[]): boolean {
  return headers.some((_, place) => isTwice(headers, place));
}

function folded({ name }: HeaderRow): string {
  return name.trim().toLowerCase();
}

/** The refusal with the problems of headers at their rows: the server names a header, the form knows places. */
export function atRows(error: unknown, headers: HeaderRow[]): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status, code, title, detail, problems, more, retryAfterSeconds } = error;
  const placed = problems.map((problem) => atRow(problem, headers));
  return new ApiError(status, code, title, detail, placed, more, retryAfterSeconds);
}

/** An answer that is refused at rows. */
export function toldAtRows<T>(answer: Promise<T>, headers: HeaderRow[]): Promise<T> {
  return answer.catch((error: unknown) => {
    throw atRows(error, headers);
  });
}

function atRow(problem: Problem, headers: HeaderRow[]): Problem {
  const [member, header] = steps(problem.path);
  if (member !== "headers" || header === undefined) return problem;
  const place = headers.findIndex((row) => row.name.trim() === header && !isEmpty(row));
  return place < 0 ? problem : { ...problem, path: `${join("/headers", place)}/name` };
}
