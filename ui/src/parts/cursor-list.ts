// A list that the server hands out page by page: keeps the cursor, joins the pages, asks for the next when wanted.
import { type InfiniteData, infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { get, type Query } from "@/api/client";
import type { Page } from "@/api/types";

export const PAGE_SIZE = 50;

export type CursorList<T> = {
  items: T[];
  /** How many there are in all, once the server has counted them. */
  total: number | null;
  isLoading: boolean;
  isFetching: boolean;
  /** Whether these are still the items of the question before. */
  isOutdated: boolean;
  error: unknown;
  hasMore: boolean;
  /** How far back a list that takes long to search has been looked through, where it goes on behind that. */
  lookedBackTo: string | null;
  loadMore: () => void;
  retry: () => void;
};

type Searched<T> = Page<T> & { lookedBackTo?: string | null };
type Options<T> = { refetchEveryMs?: number | ((items: T[]) => number); enabled?: boolean };

export function cursorListOptions<T>(path: string, query: Query, { refetchEveryMs, enabled = true }: Options<T> = {}) {
  return infiniteQueryOptions({
    queryKey: [path, query] as const,
    queryFn: ({ pageParam, signal }) => get<Searched<T>>(path, pageQuery(query, pageParam), signal),
    enabled,
    initialPageParam: null as string | null,
    getNextPageParam: (page: Searched<T>) => page.nextCursor,
    placeholderData: (before: InfiniteData<Searched<T>, string | null> | undefined) => before,
    refetchInterval:
      typeof refetchEveryMs === "function"
        ? ({ state: { data } }) => refetchEveryMs(joined(data?.pages ?? []).items)
        : (refetchEveryMs ?? false),
  });
}

/** Only the first page asks for the total: counting again for each further page would be wasted work. */
export function pageQuery(query: Query, cursor: string | null): Query {
  return { limit: PAGE_SIZE, ...query, cursor, count: cursor === null ? query.count : undefined };
}

export function joined<T>(pages: Page<T>[]): { items: T[]; total: number | null } {
  return { items: pages.flatMap((page) => page.items), total: pages[0]?.total ?? null };
}

export function useCursorList<T>(path: string, query: Query = {}, options: Options<T> = {}): CursorList<T> {
  const answer = useInfiniteQuery(cursorListOptions<T>(path, query, options));
  const { items, total } = joined(answer.data?.pages ?? []);
  return {
    items,
    total,
    isLoading: answer.isPending,
    isFetching: answer.isFetching,
    isOutdated: answer.isPlaceholderData,
    error: answer.error,
    hasMore: answer.hasNextPage,
    lookedBackTo: answer.data?.pages.at(-1)?.lookedBackTo ?? null,
    loadMore: () => {
      if (answer.hasNextPage && !answer.isFetching) answer.fetchNextPage();
    },
    retry: () => (answer.isFetchNextPageError ? answer.fetchNextPage() : answer.refetch()),
  };
}

/** A list that is all there already, for a table that expects pages. */
export function whole<T>(items: T[]): CursorList<T> {
  const nothing = () => {};
  return {
    items,
    total: items.length,
    isLoading: false,
    isFetching: false,
    isOutdated: false,
    error: null,
    hasMore: false,
    lookedBackTo: null,
    loadMore: nothing,
    retry: nothing,
  };
}
