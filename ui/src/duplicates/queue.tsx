// Pairs one after the other: the list of them, the one that is looked at, and what is decided by a key or a click.
import { Box, Button, Center, Kbd, UnstyledButton } from "@mantine/core";
import { IconCopyCheck, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { DuplicatePair } from "@/api/types";
import { customerName } from "@/customers/name";
import { type CursorList, useCursorList } from "@/parts/cursor-list";
import { Empty } from "@/parts/empty";
import { Failure } from "@/parts/failure";
import { useKeys } from "@/parts/keys";
import { LinkButton } from "@/parts/link-button";
import { LoadingLines } from "@/parts/loading";
import type { DuplicatesSearch } from "@/searches";
import { useMay } from "@/shell/session";
import { type Decisions, useDecisions } from "./decisions";
import { PairView } from "./pair-view";
import { duplicatesPath } from "./queries";
import { nextAfter } from "./rows";
import { Score } from "./score";
import "./review.css";

type Props = { state: DuplicatePair["state"]; search: DuplicatesSearch; wasRun: boolean };

export function Queue({ state, search: { q, min }, wasRun }: Props) {
  const list = useCursorList<DuplicatePair>(duplicatesPath, {
    state,
    q,
    minProbability: min === undefined ? undefined : min / 100,
    count: true,
  });
  const [chosen, choose] = useState<number | undefined>();
  const [gone, setGone] = useState<number[]>([]);
  const pairs = list.items.filter(({ id }) => !gone.includes(id));
  const selected = pairs.find(({ id }) => id === chosen) ?? pairs[0];
  const decisions = useDecisions({
    // What was decided leaves the list before the server has told so.
    decided: (id) => {
      choose(
        nextAfter(
          pairs.map((pair) => pair.id),
          id,
        ),
      );
      setGone((before) => [...before, id]);
    },
    back: (id) => {
      setGone((before) => before.filter((one) => one !== id));
      choose(id);
    },
  });
  useReviewKeys({ pairs, selected, choose, decisions });
  if (list.error && list.items.length === 0) return <Failure error={list.error} retry={list.retry} />;
  if (list.isLoading) return <LoadingLines lines={8} />;
  if (!selected) {
    return (
      <>
        <Nothing state={state} isNarrowed={q !== undefined || min !== undefined} wasRun={wasRun} />
        {decisions.question}
      </>
    );
  }
  return (
    <>
      <div className="review">
        <Pairs pairs={pairs} selected={selected.id} choose={choose} list={list} />
        <PairView pair={selected} actions={<Acts pair={selected} decisions={decisions} />} />
      </div>
      <Help state={state} />
      {decisions.question}
    </>
  );
}

type KeysProps = {
  pairs: DuplicatePair[];
  selected: DuplicatePair | undefined;
  choose: (id: number | undefined) => void;
  decisions: Decisions;
};

function useReviewKeys({ pairs, selected, choose, decisions }: KeysProps) {
  const may = useMay();
  const navigate = useNavigate();
  const move = (by: number) => choose(pairs[pairs.findIndex(({ id }) => id === selected?.id) + by]?.id ?? selected?.id);
  const [down, up] = [() => move(1), () => move(-1)];
  const open = () => selected && navigate({ to: "/duplicates/$id", params: { id: String(selected.id) } });
  const ofPair = (act: (pair: DuplicatePair) => unknown) => () => selected && act(selected);
  const isOpen = selected?.state === "open";
  useKeys({
    ArrowDown: down,
    j: down,
    ArrowUp: up,
    k: up,
    Enter: open,
    a: isOpen && may("merging:write") ? ofPair((pair) => decisions.keep(pair, 0)) : undefined,
    b: isOpen && may("merging:write") ? ofPair((pair) => decisions.keep(pair, 1)) : undefined,
    n: isOpen && may("duplicates:write") ? ofPair(decisions.decline) : undefined,
    z: may("merging:write") ? decisions.undoLast : undefined,
  });
}

type PairsProps = {
  pairs: DuplicatePair[];
  selected: number;
  choose: (id: number) => void;
  list: CursorList<DuplicatePair>;
};

function Pairs({ pairs, selected, choose, list }: PairsProps) {
  const t = useTranslations("duplicates");
  const parts = useTranslations("parts");
  const scroller = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pair is another one to see
  useEffect(() => {
    scroller.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <ol className="review-pairs" ref={scroller} aria-label={t("pairs")}>
      {pairs.map((pair) => (
        <li key={pair.id}>
          <UnstyledButton
            className="review-pair"
            data-keys
            aria-current={pair.id === selected}
            onClick={() => choose(pair.id)}
          >
            <Box style={{ display: "flex", gap: 8, justifyContent: "space-between" }} component="span">
              <span className="squeezed" style={{ flex: 1, fontWeight: 550 }}>
                {pair.customers.map((customer) => (
                  <span key={customer.id} className="review-name">
                    {customerName(customer)}
                  </span>
                ))}
              </span>
              <Score pair={pair} />
            </Box>
          </UnstyledButton>
        </li>
      ))}
      {list.hasMore && (
        <li>
          <Center p="xs">
            <Button size="xs" variant="default" loading={list.isFetching} onClick={list.loadMore}>
              {parts("loadMore")}
            </Button>
          </Center>
        </li>
      )}
    </ol>
  );
}

function Acts({ pair, decisions }: { pair: DuplicatePair; decisions: Decisions }) {
  const t = useTranslations("duplicates");
  const may = useMay();
  const { isBusy } = decisions;
  const isOpen = pair.state === "open";
  return (
    <>
      {isOpen && may("merging:write") && (
        <>
          <Button size="xs" disabled={isBusy} onClick={() => decisions.keep(pair, 0)} aria-keyshortcuts="a">
            {t("keepLeft")}
          </Button>
          <Button size="xs" disabled={isBusy} onClick={() => decisions.keep(pair, 1)} aria-keyshortcuts="b">
            {t("keepRight")}
          </Button>
        </>
      )}
      {isOpen && may("duplicates:write") && (
        <Button
          size="xs"
          variant="default"
          disabled={isBusy}
          onClick={() => decisions.decline(pair)}
          aria-keyshortcuts="n"
        >
          {t("twoPeople")}
        </Button>
      )}
      {!isOpen && may("duplicates:write") && (
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => decisions.reopen(pair)}>
          {t("reopen")}
        </Button>
      )}
      <LinkButton to="/duplicates/$id" params={{ id: String(pair.id) }} size="xs" variant="default">
        {t("workbench")}
      </LinkButton>
    </>
  );
}

function Nothing({ state, isNarrowed, wasRun }: { state: Props["state"]; isNarrowed: boolean; wasRun: boolean }) {
  const t = useTranslations("duplicates");
  if (isNarrowed) return <Empty title={t("nothingFits")} hint={t("nothingFitsHint")} icon={IconSearch} />;
  if (state === "declined")
    return <Empty title={t("noneDeclined")} hint={t("noneDeclinedHint")} icon={IconCopyCheck} />;
  return (
    <Empty
      title={t(wasRun ? "none" : "neverRun")}
      hint={t(wasRun ? "noneHint" : "neverRunHint")}
      icon={wasRun ? IconCopyCheck : IconSearch}
    />
  );
}

/** The keys that do something here. */
function Help({ state }: { state: Props["state"] }) {
  const t = useTranslations("duplicates.keys");
  const may = useMay();
  const isOpen = state === "open";
  const keys = [
    { keys: ["↑", "↓"], word: t("select"), isThere: true },
    { keys: ["A"], word: t("keepLeft"), isThere: isOpen && may("merging:write") },
    { keys: ["B"], word: t("keepRight"), isThere: isOpen && may("merging:write") },
    { keys: ["N"], word: t("decline"), isThere: isOpen && may("duplicates:write") },
    { keys: ["↵"], word: t("open"), isThere: true },
    { keys: ["Z"], word: t("undo"), isThere: may("merging:write") },
  ].filter(({ isThere }) => isThere);
  return (
    <Box component="footer" className="key-help">
      {keys.map(({ keys: shown, word }) => (
        <span key={word}>
          {shown.map((key) => (
            <Kbd key={key} size="xs">
              {key}
            </Kbd>
          ))}{" "}
          {word}
        </span>
      ))}
    </Box>
  );
}
