// JSON pointers (RFC 6901), the addresses in which the API names the faulty spot: read and replace values by them.

type Container = Record<string, unknown> | unknown[];

/** The steps of a pointer; the empty pointer has none and means the whole. */
export function steps(pointer: string): string[] {
  if (pointer === "" || pointer === "/") return [];
  return pointer
    .replace(/^\//, "")
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function join(base: string, step: string | number): string {
  return `${base}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function valueAt(whole: unknown, pointer: string): unknown {
  let value = whole;
  for (const step of steps(pointer)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Whether the pointer leads to a place that exists, even when it holds nothing. */
export function exists(whole: unknown, pointer: string): boolean {
  let value = whole;
  for (const step of steps(pointer)) {
    if (typeof value !== "object" || value === null || !(step in value)) return false;
    value = (value as Record<string, unknown>)[step];
  }
  return true;
}

/** A copy in which the value at the pointer is another one; what lies beside it is shared with the original. */
export function withValueAt<T>(whole: T, pointer: string, value: unknown): T {
  return replace(whole, steps(pointer), value) as T;
}

function replace(whole: unknown, path: string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(whole)) {
    return whole.map((item, index) => (String(index) === step ? replace(item, rest, value) : item));
  }
  const container: Container = typeof whole === "object" && whole !== null ? (whole as Record<string, unknown>) : {};
  return { ...container, [step]: replace((container as Record<string, unknown>)[step], rest, value) };
}
