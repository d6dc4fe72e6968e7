// Nothing that the server can refuse is left without German words, and no words are for what it does not say.
import { expect, test } from "vitest";
import { codes, german, libraries, sentences } from "./german";
import { codesIn, placed, refusals, serverSources } from "./sources";

const sources = serverSources();
const whole = sources.map(({ text }) => text).join("\n");
/** Read when the server starts, or told to a provider: nobody hears of these in the app. */
const unseen = new Set(["server/config.rs", "server/admin/provider.rs", "server/admin/oidc.rs", "server/mailer.rs"]);
/** Names of segments that are made, notes in a history, faults of ours. */
const noRefusals = new Set([
  "mail address",
  "dropped by hand",
  "why an address is suppressed: {}",
  "{} and up",
  "{} to {}",
  "{} is {}",
]);

test("each code has words", () => {
  const found = [...codesIn(sources)].sort();
  expect(found.length).toBeGreaterThan(150);
  expect(found.filter((code) => !(code in codes))).toEqual([]);
});

test("no words are for a code that is not there", () => {
  expect(Object.keys(codes).filter((code) => !whole.includes(`"${code}"`))).toEqual([]);
});

test("each sentence at a refusal has words", () => {
  const said = refusals(sources).filter(({ file }) => !unseen.has(file));
  const left = said.flatMap(({ file, sentences: all }) =>
    all
      .map(placed)
      .filter((sentence) => !(sentence in sentences) && !noRefusals.has(sentence))
      .map((sentence) => `${file}: ${sentence}`),
  );
  expect([...new Set(left)]).toEqual([]);
});

test("no words are for a sentence that the server does not say", () => {
  const said = placed(whole);
  expect(Object.keys(sentences).filter((sentence) => !said.includes(`"${sentence}"`))).toEqual([]);
});

test("German names what the server names", () => {
  for (const [theirs, ours] of Object.entries({ ...libraries, ...sentences })) {
    const places = theirs.match(/\{(:\?)?\}/g)?.length ?? 0;
    for (const [, place] of ours.matchAll(/\{=?(\d)\}/g)) expect(Number(place), theirs).toBeLessThan(places);
  }
});

test("numbers and names are taken over", () => {
  check("length", "a name has 1 to 100 characters", "Ein Name hat 1 bis 100 Zeichen.");
  check("unknown", 'there is no role "chef \\"x\\""', 'Es gibt keine Rolle „chef "x"“.');
  check("wrong_type", "this must be a text", "Das muss sein: ein Text.");
  check(
    "unclosed",
    "at character 3: this quote is not closed",
    "Bei Zeichen 3: Dieses Anführungszeichen ist nicht geschlossen.",
  );
  check(
    "in_use",
    'the segment is used: the rule "A, B" asks for it, the segment "C" is built on it',
    "Das Segment wird verwendet: Regel „A, B“ fragt danach, Segment „C“ baut darauf auf.",
  );
  check(
    "in_use",
    'the template is used by the rules "A", "B" and 2 more',
    "Noch in Verwendung (Vorlage): durch die Regeln „A“, „B“ und 2 weitere.",
  );
  check("unknown_operator", "`x` is none of `eq` or `neq`", "`x` ist keines von `eq` oder `neq`.");
  check(
    "syntax",
    "line 3: unexpected end of block, expected identifier",
    "In Zeile 3: Hier wird ein Name erwartet, nicht das Ende des Blocks `%}`",
  );
  check("cannot_render", "line 1: filter shout is unknown", "In Zeile 1: Den Filter shout gibt es nicht");
  check(
    "",
    "the html cannot be rendered: line 2: engine ran out of fuel",
    "Das HTML lässt sich nicht füllen: In Zeile 2: Das Füllen dauert zu lange",
  );
  check("syntax", "value must be in range 0..=59; found 75", "Hier steht eine Zahl von 0 bis 59, nicht 75.");
  check("", "cannot connect: the connection was refused", "Keine Verbindung: Die Verbindung wurde abgelehnt.");
  check(
    "",
    "the mail server answered 550: 5.1.1 no such user",
    "Der Mailserver hat mit 550 geantwortet: 5.1.1 no such user",
  );
  check("invalid", 'invalid type: string "x", expected u32', "Falsche Art von Wert: der Text „x“ statt u32.");
});

test("what is not known is told by its code, and otherwise as the server tells it", () => {
  check("too_long", "this goes on for ever", "Das ist zu lang.");
  check(
    "mail_refused",
    "550 no such $& user",
    "Der Mailserver hat die Nachricht nicht angenommen: 550 no such $& user",
  );
  check("moon_phase", "the moon is full", "the moon is full");
});

function check(code: string, message: string, told: string) {
  expect(german({ code, message })).toBe(told);
}
