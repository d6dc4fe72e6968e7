// What the inputs of a builder's form need: the value at a place, its problem, and how to change it.
import { createContext, useContext } from "react";
import { valueAt } from "@/api/pointer";
import type { Draft } from "@/parts/draft";
import type { Live } from "./live";
import type { BuilderValues } from "./values";

export type Inputs = {
  get: <V>(pointer: string) => V;
  set: (pointer: string, value: unknown) => void;
  problem: (pointer: string) => string | undefined;
  /** What a text input needs. */
  text: (pointer: string) => {
    value: string;
    error: string | undefined;
    onChange: (event: { currentTarget: { value: string } }) => void;
  };
  /** What other inputs need. */
  input: <V>(pointer: string) => { value: V; error: string | undefined; onChange: (value: V) => void };
};

/** Pointers are those of the settings; `missing` are the places that wait for the reader after an attempt to save. */
export function inputsOf(draft: Draft<BuilderValues>, live: Live, missing: string[], told: string): Inputs {
  const get = <V>(pointer: string) => valueAt(draft.values.settings, pointer) as V;
  const set = (pointer: string, value: unknown) => draft.set(`/settings${pointer}`, value);
  // What was refused on saving counts until the settings are such that the server takes them.
  const refused = (pointer: string) => (live.isAccepted ? undefined : draft.problem(`/settings${pointer}`));
  const problem = (pointer: string) =>
    live.placed.get(pointer) ?? refused(pointer) ?? (missing.includes(pointer) ? told : undefined);
  return {
    get,
    set,
    problem,
    text: (pointer) => ({
      value: get<string>(pointer),
      error: problem(pointer),
      onChange: (event) => set(pointer, event.currentTarget.value),
    }),
    input: <V>(pointer: string) => ({
      value: get<V>(pointer),
      error: problem(pointer),
      onChange: (value: V) => set(pointer, value),
    }),
  };
}

export const InputsContext = createContext<Inputs | null>(null);

export function useInputs(): Inputs {
  const inputs = useContext(InputsContext);
  if (inputs === null) throw new Error("the form of a builder has no values");
  return inputs;
}
