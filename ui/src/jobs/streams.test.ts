// Jobs are followed over few streams, which are shared, end with the job, and say when they break.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { follow, isFollowed, STREAMS_MAX } from "./streams";

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  says(state: string, done = 0) {
    this.dispatchEvent(new MessageEvent("job", { data: JSON.stringify({ id: 7, state, done }) }));
  }
  happens(what: "open" | "error") {
    this.dispatchEvent(new Event(what));
  }
}

const stops: (() => void)[] = [];
function watch(id: number) {
  const watcher = { told: vi.fn(), turned: vi.fn() };
  const stop = follow(id, watcher);
  stops.push(stop);
  return { ...watcher, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.all = [];
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("two watchers of a job share a stream, which closes after both have gone", () => {
  const [one, other] = [watch(7), watch(7)];
  const [source] = FakeSource.all;
  expect(FakeSource.all.map(({ url }) => url)).toEqual(["/api/jobs/7/events"]);
  source?.happens("open");
  source?.says("running", 3);
  expect(isFollowed(7)).toBe(true);
  expect(one.told).toHaveBeenCalledWith({ id: 7, state: "running", done: 3 });
  one.stop();
  vi.runAllTimers();
  expect(source?.readyState).toBe(0);
  other.stop();
  vi.runAllTimers();
  expect(source?.readyState).toBe(FakeSource.CLOSED);
  expect(isFollowed(7)).toBe(false);
});

test("a stream ends with its job and is not opened again by the browser", () => {
  const { told } = watch(7);
  FakeSource.all[0]?.happens("open");
  FakeSource.all[0]?.says("done");
  expect(told).toHaveBeenCalledOnce();
  expect(FakeSource.all[0]?.readyState).toBe(FakeSource.CLOSED);
});

test("a broken stream says so and may recover", () => {
  const { turned } = watch(7);
  const [source] = FakeSource.all;
  source?.happens("open");
  source?.happens("error");
  expect(isFollowed(7)).toBe(false);
  source?.happens("open");
  expect(isFollowed(7)).toBe(true);
  expect(turned).toHaveBeenCalledTimes(3);
});

test("no more streams than there is room for", () => {
  for (let id = 1; id <= STREAMS_MAX + 2; id += 1) watch(id);
  expect(FakeSource.all.length).toBe(STREAMS_MAX);
});
