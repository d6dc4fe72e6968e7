// A list of which a page shows little or nothing, because what one looks for is rare: further pages are asked for by themselves.
import { useEffect, useState } from "react";
import { type CursorList, PAGE_SIZE } from "./cursor-list";

/**
 * Asks on while `isWanted`, until a page is full of what is shown or nothing is left; `loadMore` looks for one more page full.
 * Says whether it still does. It begins anew with another `subject`.
 */
export function useUntilFull<T>(list: CursorList<T>, shown: number, isWanted: boolean, subject: string) {
  const { isFetching, isOutdated, error, hasMore } = list;
  const [goal, setGoal] = useState({ subject, count: PAGE_SIZE });
  const wanted = goal.subject === subject ? goal.count : PAGE_SIZE;
  const isLooking = isWanted && shown < wanted && hasMore && !error;
  const isNext = isLooking && !isFetching && !isOutdated;
  const ask = list.loadMore;
  useEffect(() => {
    if (isNext) ask();
  }, [isNext, ask]);
  const loadMore = () => {
    setGoal({ subject, count: shown + PAGE_SIZE });
    ask();
  };
  return { isLooking, loadMore };
}
