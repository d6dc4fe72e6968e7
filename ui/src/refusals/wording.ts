// The server's sentences in another language: looked up by the sentence with the values it names, or else by its code. Pure.
export type Sentences = Record<string, string>;
/** What was kept of a refusal may be its sentence alone. */
export type Refusal = { code?: string; message: string };
export type Wording = (refusal: Refusal) => string;

/** Where a sentence of the server names a value; `{:?}` is one in quotes. */
const PLACE = /(\{(?::\?)?\})/;
const places: Sentences = { "{}": '((?!")[^]+?|"[^]*")', "{:?}": '("(?:[^"\\\\]|\\\\.)*")' };
/** Where ours does; `{=0}` is a value with words of its own. */
const VALUE = /\{(=?)(\d)\}/g;
const QUOTED = /"((?:[^"\\]|\\.)*)"/g;
const BETWEEN = /(, (?=the )| or | and )/;
const joints: Sentences = { " or ": " oder ", " and ": " und " };

export function wording(sentences: Sentences, codes: Sentences): Wording {
  const known = Object.entries(sentences).map(([theirs, ours]) => ({
    theirs: patternOf(theirs),
    ours,
    fixed: fixedOf(theirs),
  }));
  // What says most by itself comes first.
  known.sort((one, other) => other.fixed - one.fixed);
  const said = (message: string): string | undefined => {
    for (const { theirs, ours } of known) {
      const values = theirs.exec(message)?.slice(1);
      if (values) return ours.replace(VALUE, (_, isWorded, place) => (isWorded ? worded : quoted)(values[place] ?? ""));
    }
    return undefined;
  };
  const worded = (value: string): string =>
    said(value) ??
    value
      .split(BETWEEN)
      .map((part) => joints[part] ?? said(part) ?? quoted(part))
      .join("");
  return ({ code = "", message }) => said(message) ?? codes[code]?.replace("{message}", () => message) ?? message;
}

function patternOf(sentence: string): RegExp {
  const parts = sentence.split(PLACE).map((part) => places[part] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("")}$`);
}

function fixedOf(sentence: string): number {
  return sentence.replace(/\{(:\?)?\}/g, "").length;
}

/** Names in our quotation marks; what is code stays as it is. */
function quoted(value: string): string {
  return value
    .replace(QUOTED, (_, name: string) => `„${name.replace(/\\(["\\])/g, "$1")}“`)
    .replace(/ or (?=`)/g, " oder ")
    .replace(/ and (?=`)/g, " und ");
}
