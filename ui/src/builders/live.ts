// What the settings would make, asked for while they are written, and the problems of it at the places of the form.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { exists } from "@/api/pointer";
import { ApiError } from "@/api/problem";
import type { PlannedSegment, Problem } from "@/api/types";
import { placeInForm } from "./forms";
import { plannedQuery } from "./queries";
import { type BuilderValues, missingOf, settingsIn } from "./values";

const DEBOUNCE_MS = 350;
const BODY = "/settings";

export type Live = {
  planned: PlannedSegment[] | undefined;
  /** Something is missing, so that nothing was asked. */
  isIncomplete: boolean;
  error: unknown;
  /** The server has nothing against the settings as they are now. */
  isAccepted: boolean;
  /** Problems by their place in the form. */
  placed: ReadonlyMap<string, string>;
  /** Problems without a place of their own. */
  rest: Problem[];
};

export function useLive(values: BuilderValues): Live {
  const wordOf = useWords();
  const isIncomplete = missingOf(values).length > 0;
  const current = JSON.stringify(isIncomplete ? undefined : settingsIn(values));
  const [settled] = useDebouncedValue(current, DEBOUNCE_MS);
  const {
    data: planned,
    error,
    isPlaceholderData,
  } = useQuery({
    ...plannedQuery(values.kind, settled === undefined ? undefined : JSON.parse(settled)),
    placeholderData: keepPreviousData,
  });
  // What is wrong with settings that are not these any more would stand at the wrong rows.
  const told = settled === current ? error : null;
  const { placed, rest } = placedIn(values, told instanceof ApiError ? told.problems : [], wordOf);
  const isAccepted = settled === current && planned !== undefined && !isPlaceholderData && !error;
  return { planned, isIncomplete, error: told, isAccepted, placed, rest };
}

function placedIn({ settings }: BuilderValues, problems: Problem[], wordOf: (problem: Problem) => string) {
  const placed = new Map<string, string>();
  const rest: Problem[] = [];
  for (const problem of problems) {
    const within = problem.path.startsWith(BODY) ? problem.path.slice(BODY.length) : "";
    const place = settings === null ? "" : placeInForm(settings, within);
    if (place === "" || !exists(settings, place)) rest.push(problem);
    else if (!placed.has(place)) placed.set(place, wordOf(problem));
  }
  return { placed, rest };
}

/** Problems that this app has words of its own for. */
function useWords(): (problem: Problem) => string {
  const t = useTranslations("builders.problems");
  return ({ path, code, message }) => {
    if (code === "bad_pattern") return t("bad_pattern", { message });
    if (code === "duplicate") return t(path.endsWith("/notSet") ? "segmentTaken" : "valueTaken");
    return t.has(code as never) ? t(code as never) : message;
  };
}
