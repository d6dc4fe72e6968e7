// How many customers a condition matches while it is being written: asked once it is complete and the reader pauses.
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "@/api/client";
import type { Condition, SegmentPreview } from "@/api/types";
import { isComplete } from "./model";

const DEBOUNCE_MS = 350;

/** The answer together with the condition it was given for: while the next one is counted, the last one stays in sight. */
export type PreviewOf = SegmentPreview & { condition: Condition };

export type LivePreview = {
  preview: PreviewOf | undefined;
  /** What was asked: the condition as it stands, once it is complete and the reader pauses. */
  asked: Condition | null;
  isCounting: boolean;
  error: unknown;
  overlapWith: number[];
  setOverlapWith: (segments: number[]) => void;
};

function previewQuery(condition: Condition | null, sample: number, overlapWith: number[]) {
  return queryOptions({
    queryKey: ["/api/segments", "preview", condition, sample, overlapWith],
    queryFn: async ({ signal }): Promise<PreviewOf> => {
      const asked = { condition: condition as Condition, sample, overlapWith };
      return {
        ...(await post<SegmentPreview>("/api/segments/preview", asked, { signal })),
        condition: asked.condition,
      };
    },
    enabled: condition !== null,
    retry: false,
  });
}

/** `sample` is how many customers are named. Nothing is asked for a condition that is none. */
export function useLivePreview(condition: Condition | null, sample = 0): LivePreview {
  const [overlapWith, setOverlapWith] = useState<number[]>([]);
  const [settled] = useDebouncedValue(condition, DEBOUNCE_MS);
  const asked = settled !== null && isComplete(settled) ? settled : null;
  const { data, isFetching, error } = useQuery({
    ...previewQuery(asked, sample, overlapWith),
    placeholderData: keepPreviousData,
  });
  const isWaiting = JSON.stringify(settled) !== JSON.stringify(condition);
  return { preview: data, asked, isCounting: isFetching || isWaiting, error, overlapWith, setOverlapWith };
}
