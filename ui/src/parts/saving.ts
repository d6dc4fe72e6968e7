// Saving a draft: sends it with the version it is based on, puts problems at their fields, and notices a lost race.
import { useState } from "react";
import { ApiError } from "@/api/problem";
import type { Draft } from "./draft";
import { useToasts } from "./toasts";

export type Saving = {
  isSaving: boolean;
  /** Someone else saved in between and the reader must decide. */
  lostRace: boolean;
  save: () => Promise<void>;
  overwrite: () => Promise<void>;
  reload: () => Promise<void>;
  stay: () => void;
};

type Options<T, S> = {
  draft: Draft<T>;
  /** The version the draft is based on; null for something new. */
  version: number | null;
  /** Sends the values; with null as version it overwrites whatever is there. */
  send: (values: T, version: number | null) => Promise<S>;
  saved: (answer: S) => void | Promise<void>;
  /** Fetches what is there now and starts the draft over from it. */
  reload?: () => Promise<unknown>;
};

export function useSaving<T, S>({ draft, version, send, saved, reload }: Options<T, S>): Saving {
  const toasts = useToasts();
  const [isSaving, setSaving] = useState(false);
  const [lostRace, setLostRace] = useState(false);
  const run = async (ifVersion: number | null) => {
    setSaving(true);
    try {
      const answer = await send(draft.values, ifVersion);
      setLostRace(false);
      await saved(answer);
    } catch (error) {
      if (error instanceof ApiError && error.isLostRace) setLostRace(true);
      else {
        draft.showProblems(error);
        toasts.failed(error);
        focusFirstProblem();
      }
    } finally {
      setSaving(false);
    }
  };
  return {
    isSaving,
    lostRace,
    save: () => run(version),
    overwrite: () => run(null),
    reload: async () => {
      await reload?.();
      setLostRace(false);
    },
    stay: () => setLostRace(false),
  };
}

/** Once the problems are drawn, the reader is taken to the first of them. */
export function focusFirstProblem() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>("form [aria-invalid='true']")?.focus());
}
