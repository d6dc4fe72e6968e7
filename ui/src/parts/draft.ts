// The values of a form before they are saved, addressed by JSON pointer, with the server's problems kept at the same addresses.
import { useCallback, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { valueAt, withValueAt } from "@/api/pointer";
import { ApiError, placeProblems } from "@/api/problem";
import type { Problem } from "@/api/types";

export type Draft<T> = {
  values: T;
  isDirty: boolean;
  set: (pointer: string, value: unknown) => void;
  /** The problem the server reported at exactly this place. */
  problem: (pointer: string) => string | undefined;
  problems: ReadonlyMap<string, string>;
  /** Problems that belong to no place of the form. */
  rest: Problem[];
  showProblems: (error: unknown) => void;
  /** Starts over from these values, for example from what was saved. */
  reset: (values: T) => void;
  /** What a text input needs. */
  text: (pointer: string) => { value: string; error: string | undefined; onChange: (event: ChangeOf) => void };
  /** What a select, number or tags input needs. */
  input: <V>(pointer: string) => { value: V; error: string | undefined; onChange: (value: V) => void };
  /** What a switch or checkbox needs. */
  check: (pointer: string) => { checked: boolean; onChange: (event: { currentTarget: { checked: boolean } }) => void };
};
type ChangeOf = { currentTarget: { value: string } };

const itself = (values: unknown) => values;

/** `sent` is what counts as a change, where the form holds more than what is saved. */
export function useDraft<T>(initial: T, sent: (values: T) => unknown = itself): Draft<T> {
  const t = useTranslations("errors.problems");
  const [base, setBase] = useState(initial);
  const [values, setValues] = useState(initial);
  const [problems, setProblems] = useState<Problem[]>([]);

  const set = useCallback((pointer: string, value: unknown) => {
    setValues((before) => withValueAt(before, pointer, value));
    setProblems((before) =>
      before.filter((problem) => problem.path !== pointer && !problem.path.startsWith(`${pointer}/`)),
    );
  }, []);
  const reset = useCallback((next: T) => {
    setBase(next);
    setValues(next);
    setProblems([]);
  }, []);
  const showProblems = useCallback(
    (error: unknown) => {
      const refused = error instanceof ApiError ? error.problems : [];
      setProblems(
        refused.map((problem) => ({ ...problem, message: isWorded(problem.code) ? t(problem.code) : problem.message })),
      );
    },
    [t],
  );

  const { placed, rest } = useMemo(() => placeProblems(values, problems), [values, problems]);
  const isDirty = useMemo(() => JSON.stringify(sent(values)) !== JSON.stringify(sent(base)), [values, base, sent]);
  const problem = (pointer: string) => placed.get(pointer);
  return {
    values,
    isDirty,
    set,
    problem,
    problems: placed,
    rest,
    showProblems,
    reset,
    text: (pointer) => ({
      value: asText(valueAt(values, pointer)),
      error: problem(pointer),
      onChange: (event) => set(pointer, event.currentTarget.value),
    }),
    input: <V>(pointer: string) => ({
      value: valueAt(values, pointer) as V,
      error: problem(pointer),
      onChange: (value: V) => set(pointer, value),
    }),
    check: (pointer) => ({
      checked: valueAt(values, pointer) === true,
      onChange: (event) => set(pointer, event.currentTarget.checked),
    }),
  };
}

/** Problems this app has better words for than the server; what the others say depends on more than their code. */
const worded = ["wrong_password", "wrong_code", "unknown_field"] as const;

function isWorded(code: string): code is (typeof worded)[number] {
  return (worded as readonly string[]).includes(code);
}

function asText(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
