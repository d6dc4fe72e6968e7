// What to send so that the server's copy becomes the edited one (RFC 7396): only what differs, null for what was taken away.

type Fields = Record<string, unknown>;

export function mergePatch(before: object, after: object): Fields {
  const was = before as Fields;
  const is = after as Fields;
  const patch: Fields = {};
  for (const key of Object.keys(is)) {
    if (same(was[key], is[key])) continue;
    patch[key] = isFields(was[key]) && isFields(is[key]) ? mergePatch(was[key], is[key]) : is[key];
  }
  for (const key of Object.keys(was)) if (!(key in is)) patch[key] = null;
  return patch;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
