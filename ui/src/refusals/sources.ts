// What the server can refuse and with which sentences, read from its sources; for the tests.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Source = { file: string; text: string };
const crates = fileURLToPath(new URL("../../../crates/", import.meta.url));

/** The sources of the server without their tests. */
export function serverSources(): Source[] {
  return ["condition", "server", "sql"].flatMap((crate) => {
    const root = `${crates}${crate}/src/`;
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
    return files
      .filter((file) => !/(^|\/)tests(\/|\.rs$)/.test(file))
      .map((file) => ({ file: `${crate}/${file}`, text: withoutTests(readFileSync(root + file, "utf8")) }));
  });
}

function withoutTests(text: string): string {
  const [code = ""] = text.split(/^#\[cfg\(test\)\]\s*mod/m);
  // A text that goes on in the next line is one text.
  return code.replace(/\\\n\s*/g, "").replace(/^\s*\/\/.*$/gm, "");
}

const LITERAL = /"((?:[^"\\]|\\.)*)"/g;
const CODE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const CALL =
  /\b(?:Error::(?:conflict|invalid|Malformed|TooLarge|UnsupportedType)|Problem::new|Reason::new|problem(?:_at)?|refuse|refused|require|conflict|taken|wrong|told)\s*\(|\b(?:Conflict|Refused|Gone)\s*\{/g;
const PAIR = /\bSome\(\("([a-z_]+)",|\bErr\(\("([a-z_]+)",|\bcode: "([a-z_]+)"/g;
const CHOSEN = /\blet code = [^;]*;/g;
const OWN = /Error::\w+[^\n]*=> "([a-z_]+)"/g;
const SAID = /\blet (?:\w+\s*=\s*)?(?:message|detail|why|told|rule|problem|reason|expected)\b[^;]*;/g;

export type Refusal = { file: string; codes: string[]; sentences: string[] };

export function refusals(sources: Source[]): Refusal[] {
  return sources.flatMap(({ file, text }) => {
    const calls = [...text.matchAll(CALL)]
      .filter(({ index }) => !/\bfn $/.test(text.slice(Math.max(0, index - 4), index)))
      .map(({ index, 0: start }) => ({ body: balanced(text, index + start.length - 1), isCall: true }));
    const said = [...text.matchAll(SAID)].map(([body]) => ({ body, isCall: false }));
    return [...calls, ...said].map(({ body, isCall }) => {
      const literals = [...body.matchAll(LITERAL)].map(([, literal = ""]) => literal);
      return {
        file,
        codes: isCall ? literals.filter((literal) => CODE.test(literal)) : [],
        sentences: literals.filter((literal) => /[a-z}] [a-z{]/.test(literal)),
      };
    });
  });
}

/** Names of members and words that stand where codes do. */
const notCodes = new Set(
  "active admins count counter customer everyone fact fieldname fieldvalue html id json list measure name off op operator reference segments subject text to type value values web width worker".split(
    " ",
  ),
);

/** Every code of a refusal, also where it is given in pairs with its sentence. */
export function codesIn(sources: Source[]): Set<string> {
  const called = refusals(sources).flatMap(({ codes }) => codes);
  const paired = sources.flatMap(({ text }) =>
    [...text.matchAll(PAIR)].map((found) => found.slice(1).find((code) => code !== undefined) ?? ""),
  );
  const own = sources
    .filter(({ file }) => file === "server/error.rs")
    .flatMap(({ text }) => [...text.matchAll(OWN)].map(([, code = ""]) => code));
  const chosen = sources.flatMap(({ text }) =>
    [...text.matchAll(CHOSEN)].flatMap(([all]) => [...all.matchAll(LITERAL)].map(([, code = ""]) => code)),
  );
  return new Set([...called, ...paired, ...chosen, ...own].filter((code) => !notCodes.has(code)));
}

/** A sentence as the words know it: values it names have no names of their own. */
export function placed(literal: string): string {
  return literal.replace(/\\(["\\])/g, "$1").replace(/\{\w*(:\?)?\}/g, "{$1}");
}

function balanced(text: string, from: number): string {
  const open = text[from];
  const close = open === "(" ? ")" : "}";
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    if (text[at] === close) depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}
