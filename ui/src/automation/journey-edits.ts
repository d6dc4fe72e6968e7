// The edits of a journey's steps, and which step is open; the keyboard stays with the step it works on.
import { createContext, useContext, useEffect, useRef, useState } from "react";
import { valueAt } from "@/api/pointer";
import type { JourneyStep, PlaceCount } from "@/api/types";
import { parentOf } from "@/conditions/model";
import { moved } from "@/parts/moved";
import type { RuleDraft } from "./spots";
import { copyOf, placeOf, stepsAt, withoutStep, withStep } from "./steps";

export type Edits = {
  draft: RuleDraft;
  places: PlaceCount[];
  version: number;
  /** The step or way whose form is shown. */
  open: string | null;
  toggle: (pointer: string) => void;
  add: (list: string, place: number, step: JourneyStep) => void;
  remove: (pointer: string) => void;
  move: (pointer: string, by: -1 | 1) => void;
  duplicate: (pointer: string) => void;
  replace: (pointer: string, step: JourneyStep) => void;
};

export const EditsContext = createContext<Edits | null>(null);

export function useEdits(): Edits {
  const edits = useContext(EditsContext);
  if (edits === null) throw new Error("steps are drawn outside of a journey");
  return edits;
}

export function useJourneyEdits(draft: RuleDraft, places: PlaceCount[], version: number) {
  const [open, setOpen] = useState<string | null>(null);
  const { canvas, focusNext } = useFocusWithin();
  const { values, set } = draft;
  // A form is wider than a card and may reach beyond what is in sight.
  useEffect(() => {
    const form = open === null ? null : canvas.current?.querySelector(`[data-step="${open}"], [data-way="${open}"]`);
    form?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [open, canvas]);
  const edits: Edits = {
    ...{ draft, places, version, open },
    toggle: (pointer) => setOpen(open === pointer ? null : pointer),
    add: (list, place, step) => {
      const pointer = `${list}/${place}`;
      set("/steps", withStep(values, list, place, step).steps);
      setOpen(step.type === "branch" ? `${pointer}/branches/0` : pointer);
      focusNext(`[data-step="${pointer}"] .journey-card-head`);
    },
    remove: (pointer) => {
      set("/steps", withoutStep(values, pointer).steps);
      setOpen(null);
      focusNext(`[data-add="${pointer}"]`);
    },
    move: (pointer, by) => {
      const list = parentOf(pointer);
      const steps = stepsAt(values, list);
      const [from, to] = [placeOf(pointer), placeOf(pointer) + by];
      if (to < 0 || steps.length <= to) return;
      set(list, moved(steps, from, to));
      setOpen(open === pointer ? `${list}/${to}` : null);
      focusNext(`[data-step="${list}/${to}"] [data-act="${by < 0 ? "up" : "down"}"]`);
    },
    duplicate: (pointer) => {
      const step = valueAt(values, pointer) as JourneyStep;
      const place = placeOf(pointer) + 1;
      set("/steps", withStep(values, parentOf(pointer), place, copyOf(step)).steps);
      setOpen(null);
      focusNext(`[data-step="${parentOf(pointer)}/${place}"] .journey-card-head`);
    },
    replace: (pointer, step) => set(pointer, step),
  };
  return { edits, canvas };
}

/** Focuses what a selector means, once the changed journey is drawn. */
function useFocusWithin() {
  const canvas = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    canvas.current?.querySelector<HTMLElement>(wanted.current)?.focus();
    wanted.current = null;
  });
  const focusNext = (selector: string) => {
    wanted.current = selector;
  };
  return { canvas, focusNext };
}
