// The words that pages in sight say, slice by slice and in one language: a file brings those it names (see build.ts) and they
// come while it is on its way, so that nothing is drawn before it can be said.
import { fetched } from "./fetched";
import { chosenLocale, type Locale, type Words } from "./index";

type Slice = keyof Words;
type Sources = Record<Locale, () => Promise<Partial<Words>>>;

const slices = new Map<Slice, Sources>();
let spoken: Locale | null = null;
let words: Partial<Words> = {};

/** What the app says by now. More slices join the same object: those who read them are fetched together with them. */
export function wordsSoFar(): Words {
  return words as Words;
}

/** Called by the files that say these words, before they can be drawn. */
export function bring(slice: Slice, sources: Sources) {
  slices.set(slice, sources);
  // Whoever draws them waits for them, and asks again if they did not come.
  sources[spokenLocale()]().catch(() => {});
}

/** A file together with all words that it and the files it needs say. */
export async function withWords<T>(load: () => Promise<T>): Promise<T> {
  const file = await load();
  await gather(spokenLocale(), words);
  return file;
}

/** Everything said so far in another language. */
export async function speak(wanted: Locale): Promise<Words> {
  const said: Partial<Words> = {};
  await gather(wanted, said);
  spoken = wanted;
  words = said;
  return wordsSoFar();
}

/** The language of the app at the moment. */
export function spokenLocale(): Locale {
  spoken ??= chosenLocale();
  return spoken;
}

/** More slices may come while others are on their way. */
async function gather(wanted: Locale, said: Partial<Words>) {
  for (let missing = lacking(said); missing.length > 0; missing = lacking(said)) {
    await Promise.all(missing.map(async ([, sources]) => Object.assign(said, await fetched(sources[wanted]))));
  }
}

function lacking(said: Partial<Words>): [Slice, Sources][] {
  return [...slices].filter(([slice]) => !(slice in said));
}
