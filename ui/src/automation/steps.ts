// Pure edits of the steps of a journey. A step is named by its JSON pointer, the same the server uses.
import { join, valueAt, withValueAt } from "@/api/pointer";
import type { DeedKind, JourneyStep, PlaceCount, StepKind } from "@/api/types";
import { asGroup, emptyGroup, parentOf } from "@/conditions/model";
import { freshDeed, fullDeed } from "./deed-kinds";

export const WAYS_MAX = 20;

/** Lists of steps inside a step, each with its place below the step. */
export function waysOf(step: JourneyStep): { pointer: string; steps: JourneyStep[] }[] {
  if (step.type === "branch") {
    const ways = step.branches.map(({ steps }, index) => ({ pointer: `/branches/${index}/steps`, steps }));
    return [...ways, { pointer: "/otherwise", steps: step.otherwise ?? [] }];
  }
  if (step.type === "split") return step.parts.map(({ steps }, index) => ({ pointer: `/parts/${index}/steps`, steps }));
  return [];
}

/** With everything the server leaves out because it is as usual, so that each input has its place. */
export function fullStep(step: JourneyStep): JourneyStep {
  const name = step.name ?? null;
  switch (step.type) {
    case "action":
      return { ...step, name, action: fullDeed(step.action) };
    case "wait":
      return { ...step, name, for: step.for ?? null, until: step.until ?? null };
    case "wait_for":
      return { ...step, name, condition: asGroup(step.condition), onTimeout: step.onTimeout ?? "continue" };
    case "branch":
      return {
        ...step,
        name,
        branches: step.branches.map((way) => ({ condition: asGroup(way.condition), steps: way.steps.map(fullStep) })),
        otherwise: (step.otherwise ?? []).map(fullStep),
      };
    case "split":
      return { ...step, name, parts: step.parts.map((part) => ({ ...part, steps: part.steps.map(fullStep) })) };
    case "exit":
      return { ...step, name, condition: asGroup(step.condition) };
    default:
      return step;
  }
}

/** A step as it begins; for an action with what it does. */
export function freshStep(kind: StepKind, deed: DeedKind = "send_mail"): JourneyStep {
  switch (kind) {
    case "action":
      return { type: "action", name: null, action: freshDeed(deed) };
    case "wait":
      return { type: "wait", name: null, for: "1d", until: null };
    case "wait_for":
      return { type: "wait_for", name: null, condition: emptyGroup(), timeout: "7d", onTimeout: "continue" };
    case "branch":
      return { type: "branch", name: null, branches: [{ condition: emptyGroup(), steps: [] }], otherwise: [] };
    case "split":
      return { type: "split", name: null, parts: [50, 50].map((percent) => ({ percent, steps: [] })) };
    default:
      return { type: "exit", name: null, condition: emptyGroup() };
  }
}

export function placeOf(pointer: string): number {
  return Number(pointer.slice(pointer.lastIndexOf("/") + 1));
}

/** The list with a step put in at this place. */
export function withStep<T>(whole: T, list: string, place: number, step: JourneyStep): T {
  const steps = stepsAt(whole, list);
  return withValueAt(whole, list, [...steps.slice(0, place), step, ...steps.slice(place)]);
}

export function withoutStep<T>(whole: T, pointer: string): T {
  const list = parentOf(pointer);
  const place = placeOf(pointer);
  return withValueAt(
    whole,
    list,
    stepsAt(whole, list).filter((_, other) => other !== place),
  );
}

/** A copy has no name: by names customers find their place, so each is there once. */
export function copyOf(step: JourneyStep): JourneyStep {
  const bare = { ...step, name: null };
  if (bare.type === "branch") {
    const branches = bare.branches.map((way) => ({ ...way, steps: way.steps.map(copyOf) }));
    return { ...bare, branches, otherwise: (bare.otherwise ?? []).map(copyOf) };
  }
  if (bare.type === "split") {
    return { ...bare, parts: bare.parts.map((part) => ({ ...part, steps: part.steps.map(copyOf) })) };
  }
  return bare;
}

export function stepsAt(whole: unknown, list: string): JourneyStep[] {
  return (valueAt(whole, list) as JourneyStep[] | undefined) ?? [];
}

/** Steps inside of ways counted. */
export function stepCount(steps: JourneyStep[]): number {
  return steps.reduce((sum, step) => sum + 1 + waysOf(step).reduce((inner, way) => inner + stepCount(way.steps), 0), 0);
}

export function shareSum(parts: { percent: number }[]): number {
  return parts.reduce((sum, { percent }) => sum + percent, 0);
}

/** Shares as even as whole percents can be. */
export function evenShares(count: number): number[] {
  const base = Math.floor(100 / count);
  return Array.from({ length: count }, (_, place) => base + (place < 100 - base * count ? 1 : 0));
}

/** How many customers wait at a step, not counting those at steps inside of it. */
export function waitingAt(places: PlaceCount[], pointer: string, version: number): number {
  const isHere = (path: string) => path === pointer || path === join(pointer, "action");
  return places
    .filter((place) => place.kind === "journey" && place.version === version && isHere(place.path))
    .reduce((sum, { count }) => sum + count, 0);
}

/** How many customers go by a version of the journey that is not the one shown. */
export function waitingElsewhere(places: PlaceCount[], version: number): number {
  return places
    .filter((place) => place.kind === "journey" && place.version !== version)
    .reduce((sum, { count }) => sum + count, 0);
}
