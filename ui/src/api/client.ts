// The only place that speaks HTTP: adds the session's token to writes and turns refusals into errors. It knows no resource.
import { type ApiError, errorFrom, unreachable } from "./problem";

type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];
export type Query = Record<string, QueryValue>;
type WriteOptions = {
  /** The version the change is based on; null overwrites whatever is there. */
  ifVersion?: number | null;
  signal?: AbortSignal;
};

let csrfToken = "";
let onSignedOut: () => void = () => {};
let onForbidden: () => void = () => {};
let toldIn: (error: ApiError) => Promise<ApiError> = async (error) => error;

export function rememberToken(token: string) {
  csrfToken = token;
}

/** Called when an answer says that the session is over. */
export function whenSignedOut(act: () => void) {
  onSignedOut = act;
}

/** Called when an answer says that one may not do that, which another role can be the reason of. */
export function whenForbidden(act: () => void) {
  onForbidden = act;
}

/** Gives each refusal the words it is shown in. */
export function whenRefused(tell: typeof toldIn) {
  toldIn = tell;
}

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    if (Array.isArray(value)) for (const one of value) search.append(name, String(one));
    else search.append(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

export function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return send<T>("GET", address(path, query), undefined, { signal });
}
/** For what carries its version in the header only. */
export async function getVersioned<T>(path: string, signal?: AbortSignal): Promise<T & { version: number }> {
  return withVersion<T>(await request("GET", path, undefined, { signal }));
}
export async function patchVersioned<T>(
  path: string,
  body: unknown,
  options?: WriteOptions,
): Promise<T & { version: number }> {
  return withVersion<T>(await request("PATCH", path, body, options));
}
export function post<T>(path: string, body?: unknown, options?: WriteOptions): Promise<T> {
  return send<T>("POST", path, body, options);
}
export function put<T>(path: string, body?: unknown, options?: WriteOptions): Promise<T> {
  return send<T>("PUT", path, body, options);
}
export function patch<T>(path: string, body: unknown, options?: WriteOptions): Promise<T> {
  return send<T>("PATCH", path, body, options);
}
export function remove(path: string, options?: WriteOptions): Promise<void> {
  return send<void>("DELETE", path, undefined, options);
}

async function send<T>(method: string, path: string, body: unknown, options?: WriteOptions): Promise<T> {
  return read<T>(await request(method, path, body, options));
}

async function request(method: string, path: string, body: unknown, options: WriteOptions = {}): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: headers(method, body, options),
    body: body === undefined ? undefined : isRaw(body) ? body : JSON.stringify(body),
    credentials: "same-origin",
    signal: options.signal,
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw unreachable(cause);
  });
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  const isLogin = path === "/api/session" || path === "/api/session/code";
  if (response.status === 401 && !isLogin) onSignedOut();
  if (response.status === 403 && !isLogin) onForbidden();
  throw await toldIn(errorFrom(response.status, answer, response.headers.get("retry-after")));
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Proxies that compress mark the version as weak (`W/"3"`), hence only its digits. */
async function withVersion<T>(response: Response): Promise<T & { version: number }> {
  const digits = /\d+/.exec(response.headers.get("etag") ?? "")?.[0];
  return { ...(await read<T>(response)), version: Number(digits ?? 0) };
}

/** What says itself of which type it is. */
function isRaw(body: unknown): body is FormData | Blob {
  return body instanceof FormData || body instanceof Blob;
}

function headers(method: string, body: unknown, options: WriteOptions): HeadersInit {
  const all: Record<string, string> = { accept: "application/json" };
  if (body !== undefined && !isRaw(body)) {
    all["content-type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  }
  if (method !== "GET") all["x-csrf-token"] = csrfToken;
  if (typeof options.ifVersion === "number") all["if-match"] = `"${options.ifVersion}"`;
  return all;
}
