// A list of which a page shows little or nothing, because what one looks for is rare: further pages are asked for by themselves.
import { useEffect, useState } from "react";
import { type CursorList, PAGE_SIZE } from "./cursor-list";

/**
 * Asks on while `isWanted`, until a page is full of what is shown or nothing is left; `loadMore` looks for one more page full.
 * Says whether it still does. It begins anew with another `subject`.
 */
export function useUntilFull<T>(list: CursorList<T>, shown: number, isWanted: boolean, subject: string) {
  const [goal, setGoal] = useState<Goal>({ subject, count: PAGE_SIZE });
  const isShort = isWanted && shown < countOf(goal, subject);
  const { isLooking, isNext } = lookingOn(list, isShort);
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

type Goal = { subject: string; count: number };

/** What was asked for more of may be another list by now. */
export function countOf(goal: Goal, subject: string): number {
  return goal.subject === subject ? goal.count : PAGE_SIZE;
}

type Asked = Pick<CursorList<unknown>, "isFetching" | "isOutdated" | "error" | "hasMore">;

/** Whether more is looked for, and whether it is time to ask for the next page. */
export function lookingOn({ isFetching, isOutdated, error, hasMore }: Asked, isShort: boolean) {
  const isLooking = isShort && hasMore && !error;
  return { isLooking, isNext: isLooking && !isFetching && !isOutdated };
}
