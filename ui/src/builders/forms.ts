// Settings of the kinds that come with Regulars as their forms hold them, and the way back. Where the API has an object keyed by
// what people type, or a pattern between slashes, a form has rows; everything else lies at the same places as in the settings. Pure.
import { readSpan } from "@/conditions/duration";

export type AgeForm = { field: string; ranges: AgeRow[] };
export type AgeRow = { from: number | ""; to: number | ""; name: string };
export type GenderForm = { field: string; mapping: MappingRow[]; hasRest: boolean; notSet: string };
export type MappingRow = { value: string; segment: string };
export type StateForm = { isAll: boolean; countries: string[] };
export type TermForm = {
  from: "field" | "activity";
  source: { field: string; activity: { type: string; attribute: string; within: string } };
  terms: TermRow[];
  matching: "every" | "first";
};
export type TermRow = { term: string; phrases: Phrase[] };
/** A whole value, or a regular expression. */
export type Phrase = { isPattern: boolean; text: string };
export type Form = AgeForm | GenderForm | StateForm | TermForm;

type Json = Record<string, unknown>;
type Shape = {
  read: (settings: Json) => Form | null;
  write: (form: never) => Json;
  missing: (form: never) => string[];
};

/** What the server has where settings are silent. */
const usualRanges: [number, number][] = [
  [0, 10],
  [11, 15],
  [16, 18],
  [18, 25],
  [26, 30],
  [31, 40],
  [41, 50],
  [51, 60],
  [61, 70],
  [71, 80],
  [81, 120],
];
const usualMapping = { male: "male", female: "female" };

const shapes: Record<string, Shape> = {
  age: { read: readAge, write: writeAge, missing: missingAge },
  gender: { read: readGender, write: writeGender, missing: missingGender },
  state: { read: readState, write: writeState, missing: missingState },
  term: { read: readTerm, write: writeTerm, missing: missingTerm },
};

export function hasForm(kind: string): boolean {
  return kind in shapes;
}

/** Nothing for kinds without a form, and for settings that hold what their form cannot show. */
export function formOf(kind: string, settings: Json | undefined): Form | null {
  return settings === undefined ? null : (shapes[kind]?.read(settings) ?? null);
}

export function settingsFrom(kind: string, form: Form): Json {
  return shapes[kind]?.write(form as never) ?? {};
}

/** Places that still have to be filled in, or to differ from others, before the server is asked. */
export function missingIn(kind: string, form: Form): string[] {
  return shapes[kind]?.missing(form as never) ?? [];
}

/** The place in the form that a place in the settings means. */
export function placeInForm(form: Form, path: string): string {
  if (!("mapping" in form) || !path.startsWith("/mapping/")) return path;
  const value = path.slice("/mapping/".length).replaceAll("~1", "/").replaceAll("~0", "~");
  const row = form.mapping.findIndex((one) => one.value.trim() === value);
  return row < 0 ? path : `/mapping/${row}/value`;
}

function knows(value: Json, ...keys: string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text, or what stands for an absent one; nothing for what is no text. */
function textOr(value: unknown, absent: string): string | null {
  if (value === undefined || value === null) return absent;
  return typeof value === "string" ? value : null;
}

/** All rows, or nothing if one of them cannot be shown. */
function rowsOf<T>(list: unknown, read: (row: unknown) => T | null): T[] | null {
  if (!Array.isArray(list)) return null;
  const rows = list.map(read);
  return rows.every((row) => row !== null) ? (rows as T[]) : null;
}

function readAge(settings: Json): AgeForm | null {
  const field = textOr(settings.field, "birthDate");
  const usual = () => usualRanges.map(([from, to]): AgeRow => ({ from, to, name: "" }));
  const ranges = isAbsent(settings.ranges) ? usual() : rowsOf(settings.ranges, readRange);
  return field === null || ranges === null || !knows(settings, "field", "ranges") ? null : { field, ranges };
}

function readRange(row: unknown): AgeRow | null {
  if (!isJson(row) || !knows(row, "from", "to", "name")) return null;
  const [from, to, name] = [ageOf(row.from), ageOf(row.to), textOr(row.name, "")];
  return from === null || to === null || name === null ? null : { from, to, name };
}

function ageOf(value: unknown): number | "" | null {
  if (isAbsent(value)) return "";
  return typeof value === "number" ? value : null;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function writeAge({ field, ranges }: AgeForm): Json {
  const written = ranges.map(({ from, to, name }) => ({
    ...(from === "" ? {} : { from }),
    ...(to === "" ? {} : { to }),
    ...(name.trim() === "" ? {} : { name: name.trim() }),
  }));
  return { field, ranges: written };
}

function missingAge({ ranges }: AgeForm): string[] {
  return ranges.flatMap(({ from }, place) => (from === "" ? [`/ranges/${place}/from`] : []));
}

function readGender(settings: Json): GenderForm | null {
  const field = textOr(settings.field, "gender");
  const entries = Object.entries(isAbsent(settings.mapping) ? usualMapping : (settings.mapping as Json));
  const isReadable = isAbsent(settings.mapping) || isJson(settings.mapping);
  const mapping = rowsOf(entries, (entry) => {
    const [value, segment] = entry as [string, unknown];
    return typeof segment === "string" ? { value, segment } : null;
  });
  const notSet = textOr(settings.notSet, "not-set");
  if (field === null || mapping === null || notSet === null || !isReadable) return null;
  const hasRest = settings.notSet !== null;
  return knows(settings, "field", "mapping", "notSet") ? { field, mapping, hasRest, notSet } : null;
}

function writeGender({ field, mapping, hasRest, notSet }: GenderForm): Json {
  const written = Object.fromEntries(mapping.map(({ value, segment }) => [value.trim(), segment.trim()]));
  return { field, mapping: written, notSet: hasRest ? notSet.trim() : null };
}

function missingGender({ mapping, hasRest, notSet }: GenderForm): string[] {
  const rows = mapping.flatMap(({ value, segment }, place) => [
    ...(value.trim() === "" ? [`/mapping/${place}/value`] : []),
    ...(segment.trim() === "" ? [`/mapping/${place}/segment`] : []),
  ]);
  const repeated = [...repeatedValues(mapping)].map((place) => `/mapping/${place}/value`);
  return [...rows, ...repeated, ...(hasRest && notSet.trim() === "" ? ["/notSet"] : [])];
}

/** Rows whose value another row has too; only the last of them would be kept. */
export function repeatedValues(mapping: MappingRow[]): Set<number> {
  const values = mapping.map(({ value }) => value.trim());
  return new Set(values.flatMap((value, place) => (value !== "" && values.indexOf(value) !== place ? [place] : [])));
}

function readState(settings: Json): StateForm | null {
  if (!knows(settings, "countries")) return null;
  if (isAbsent(settings.countries)) return { isAll: true, countries: [] };
  const countries = rowsOf(settings.countries, (code) => (typeof code === "string" ? code : null));
  return countries && { isAll: false, countries };
}

function writeState({ isAll, countries }: StateForm): Json {
  return isAll ? {} : { countries };
}

function missingState({ isAll, countries }: StateForm): string[] {
  return isAll || countries.length > 0 ? [] : ["/countries"];
}

/** Countries and their regions, from the names of the segments of all of them: `AT - Wien`. */
export function regionsByCountry(names: string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const [code = "", ...rest] = name.split(" - ");
    found.set(code, [...(found.get(code) ?? []), rest.join(" - ")]);
  }
  return found;
}

function readTerm(settings: Json): TermForm | null {
  const matching = settings.matching ?? "every";
  const terms = rowsOf(settings.terms ?? [], readTermRow);
  const source = readSource(settings.source);
  if (terms === null || source === null || !knows(settings, "source", "terms", "matching")) return null;
  return matching === "every" || matching === "first" ? { ...source, terms, matching } : null;
}

function readSource(source: unknown): Pick<TermForm, "from" | "source"> | null {
  const nothing = { type: "", attribute: "", within: "" };
  if (isAbsent(source)) return { from: "field", source: { field: "", activity: nothing } };
  if (!isJson(source)) return null;
  if (typeof source.field === "string" && knows(source, "field")) {
    return { from: "field", source: { field: source.field, activity: nothing } };
  }
  const { activity } = source;
  if (!isJson(activity) || !knows(source, "activity") || !knows(activity, "type", "attribute", "within")) return null;
  const [type, attribute, within] = [activity.type, activity.attribute, activity.within].map((one) => textOr(one, ""));
  if (typeof type !== "string" || typeof attribute !== "string" || typeof within !== "string") return null;
  const isShown = within === "" || readSpan(within) !== null;
  return isShown ? { from: "activity", source: { field: "", activity: { type, attribute, within } } } : null;
}

function readTermRow(row: unknown): TermRow | null {
  if (!isJson(row) || typeof row.term !== "string" || !knows(row, "term", "phrases")) return null;
  const phrases = rowsOf(row.phrases ?? [], (phrase) => (typeof phrase === "string" ? phraseOf(phrase) : null));
  return phrases && { term: row.term, phrases };
}

/** Case makes no difference anyway, so the flags that say so are left out. */
export function phraseOf(text: string): Phrase {
  const pattern = /^\/(.+)\/[iu]*$/s.exec(text)?.[1];
  return pattern === undefined ? { isPattern: false, text } : { isPattern: true, text: pattern };
}

function writeTerm({ from, source, terms, matching }: TermForm): Json {
  const { within, ...activity } = source.activity;
  const written = from === "field" ? { field: source.field } : { activity: within === "" ? activity : source.activity };
  return {
    source: written,
    terms: terms.map(({ term, phrases }) => ({
      term: term.trim(),
      phrases: begun(phrases).map(({ isPattern, text }) => (isPattern ? `/${text}/` : text.trim())),
    })),
    matching,
  };
}

/** Without the empty inputs at its end, which wait for a next phrase. */
function begun(phrases: Phrase[]): Phrase[] {
  return phrases.slice(0, phrases.findLastIndex(({ text }) => text.trim() !== "") + 1);
}

function missingTerm({ from, source, terms }: TermForm): string[] {
  const { type, attribute } = source.activity;
  const wanted =
    from === "field"
      ? { "/source/field": source.field }
      : { "/source/activity/type": type, "/source/activity/attribute": attribute };
  const rows = terms.flatMap(({ term, phrases }, place) => [
    ...(term.trim() === "" ? [`/terms/${place}/term`] : []),
    ...(begun(phrases).length === 0 ? [`/terms/${place}/phrases${phrases.length === 0 ? "" : "/0"}`] : []),
    ...begun(phrases).flatMap(({ text }, nth) => (text.trim() === "" ? [`/terms/${place}/phrases/${nth}`] : [])),
  ]);
  return [...Object.entries(wanted).flatMap(([path, value]) => (value === "" ? [path] : [])), ...rows];
}

/** The term that has this very value among its phrases already. */
export function termWith(terms: TermRow[], value: string): string | undefined {
  const wanted = value.toLowerCase();
  const holds = ({ phrases }: TermRow) =>
    phrases.some(({ isPattern, text }) => !isPattern && text.trim().toLowerCase() === wanted);
  return terms.find(holds)?.term;
}

/** What was pasted as phrases of their own, one from each line. */
export function phrasesIn(text: string): Phrase[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== "").map(phraseOf);
}
