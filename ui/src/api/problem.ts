// What the API answers when it refuses: one error type, and the way from its problems to the fields of a form.
import { exists } from "./pointer";
import type { Problem } from "./types";

export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    /** The HTTP status; 0 when the server could not be reached. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly problems: Problem[],
    /** Further members of the answer, such as the id of the customer that stands in the way. */
    readonly more: Record<string, unknown>,
    readonly retryAfterSeconds: number | null,
  ) {
    super(detail || title);
  }

  /** Someone else saved in between. */
  get isLostRace(): boolean {
    return this.status === 412;
  }
}

export function errorFrom(status: number, body: unknown, retryAfter: string | null): ApiError {
  const answer = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const { type: _, title, status: __, code, detail, problems, ...more } = answer;
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  return new ApiError(
    status,
    text(code) || `http_${status}`,
    text(title) || `HTTP ${status}`,
    text(detail),
    Array.isArray(problems) ? problems.filter(isProblem) : [],
    more,
    Number.isFinite(seconds) ? seconds : null,
  );
}

export function unreachable(cause: unknown): ApiError {
  const error = new ApiError(0, "unreachable", "unreachable", "", [], {}, null);
  error.cause = cause;
  return error;
}

/** Splits problems into those a form can show at one of its values and those it has no place for. */
export function placeProblems(values: unknown, problems: Problem[]): { placed: Map<string, string>; rest: Problem[] } {
  const placed = new Map<string, string>();
  const rest: Problem[] = [];
  for (const problem of problems) {
    const isPlaced = problem.path !== "" && exists(values, problem.path);
    if (isPlaced && !placed.has(problem.path)) placed.set(problem.path, problem.message);
    else if (!isPlaced) rest.push(problem);
  }
  return { placed, rest };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "path" in value && "message" in value;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
