// What running jobs tell about themselves (Server-Sent Events). One stream per job, shared by everybody who watches it.
import type { Job } from "@/api/types";

/** A browser opens six connections to a server at most, over all tabs; streams must leave room for everything else. */
export const STREAMS_MAX = 2;

export type Watcher = {
  told: (job: Job) => void;
  /** The stream began to speak, or broke. */
  turned: () => void;
};
type Stream = { source: EventSource; watchers: Set<Watcher>; isLive: boolean };

const streams = new Map<number, Stream>();

/** Whether news of this job arrive by themselves; if not, it has to be asked for. */
export function isFollowed(id: number): boolean {
  return streams.get(id)?.isLive ?? false;
}

/** Follows a job until the returned function is called or the job ends. Does nothing when all streams are taken. */
export function follow(id: number, watcher: Watcher): () => void {
  const stream = streams.get(id) ?? (streams.size < STREAMS_MAX ? opened(id) : null);
  if (stream === null) return () => {};
  stream.watchers.add(watcher);
  return () => {
    stream.watchers.delete(watcher);
    // Later, because whoever stops watching often starts again at once with the next draw of the page.
    setTimeout(() => {
      if (stream.watchers.size === 0) close(id, stream);
    });
  };
}

function opened(id: number): Stream {
  const source = new EventSource(`/api/jobs/${id}/events`);
  const stream: Stream = { source, watchers: new Set(), isLive: false };
  source.addEventListener("open", () => turn(stream, true));
  source.addEventListener("job", ({ data }) => tell(id, stream, JSON.parse(data)));
  // The browser tries again by itself, unless the server refused; until it succeeds the job is asked for.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) close(id, stream);
    else turn(stream, false);
  });
  streams.set(id, stream);
  return stream;
}

function tell(id: number, stream: Stream, job: Job) {
  for (const watcher of stream.watchers) watcher.told(job);
  if (job.state !== "queued" && job.state !== "running") close(id, stream);
}

function close(id: number, stream: Stream) {
  stream.source.close();
  if (streams.get(id) === stream) streams.delete(id);
  turn(stream, false);
}

function turn(stream: Stream, isLive: boolean) {
  if (stream.isLive === isLive) return;
  stream.isLive = isLive;
  for (const watcher of stream.watchers) watcher.turned();
}
