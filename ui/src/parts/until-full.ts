// A list of which a page shows little or nothing, because what one looks for is rare: further pages are asked for by themselves.
import { useEffect } from "react";
import { type CursorList, PAGE_SIZE } from "./cursor-list";

/** Asks on while `isWanted`, until a page is full of what is shown or nothing is left. Says whether it still does. */
export function useUntilFull<T>(list: CursorList<T>, shown: number, isWanted: boolean): boolean {
  const { isFetching, isOutdated, error, hasMore, loadMore } = list;
  const isLooking = isWanted && shown < PAGE_SIZE && hasMore && !error;
  const isNext = isLooking && !isFetching && !isOutdated;
  useEffect(() => {
    if (isNext) loadMore();
  }, [isNext, loadMore]);
  return isLooking;
}
