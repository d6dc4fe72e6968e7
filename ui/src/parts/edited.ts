// A draft of something that exists: remembers which version it started from, and follows newer ones as long as nothing was edited.
import { useEffect, useState } from "react";
import { type Draft, useDraft } from "./draft";

export type Edited<S, V> = { draft: Draft<V>; based: S; startOver: (fresh: S) => void };

export function useEdited<S extends { version: number }, V>(
  current: S,
  valuesOf: (saved: S) => V,
  sent?: (values: V) => unknown,
): Edited<S, V> {
  const [based, setBased] = useState(current);
  const draft = useDraft(valuesOf(current), sent);
  const startOver = (fresh: S) => {
    setBased(fresh);
    draft.reset(valuesOf(fresh));
  };
  const isBehind = current.version !== based.version && !draft.isDirty;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a newer version starts the draft over
  useEffect(() => {
    if (isBehind) startOver(current);
  }, [isBehind, current]);
  return { draft, based, startOver };
}
