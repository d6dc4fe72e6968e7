// What a browser fetches of the app's scripts when an address is opened directly, weighed when the app is built: a page that grows
// too heavy fails the build. What a page fetches later, when it is asked for, is not counted.
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** In bytes as sent. */
export const PAGE_MAX = 300_000;
const ROUTES = /\/src\/routes\.tsx$/;
const WORDS = /^\0words:(\w+)$/;
const LOCALES = ["en", "de"] as const;

export type Chunk = {
  fileName: string;
  /** What it cannot begin without. */
  imports: string[];
  moduleIds: string[];
  size: number;
};
export type Page = { name: string; size: number; files: string[] };

/** Every page with the heavier of the languages, the heaviest page first. */
export function weigh(chunks: Chunk[], entry: string, pages: string[]): Page[] {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const byModule = new Map(chunks.flatMap((chunk) => chunk.moduleIds.map((id) => [id, chunk])));
  const always = needed(byFile, [entry]);
  const weighed = pages.map((page) => {
    const own = byModule.get(page);
    const files = [...needed(byFile, own ? [own.fileName] : [], new Set(always))];
    const spoken = LOCALES.map((locale) => wordsOf(files, byFile, byModule, locale));
    const [words = []] = spoken.sort((one, other) => sum(byFile, other) - sum(byFile, one));
    const all = [...files, ...words];
    return { name: page, size: sum(byFile, all), files: all };
  });
  return weighed.sort((one, other) => other.size - one.size);
}

function needed(byFile: Map<string, Chunk>, files: string[], known = new Set<string>()): Set<string> {
  for (const file of files) {
    if (known.has(file) || !byFile.has(file)) continue;
    known.add(file);
    needed(byFile, byFile.get(file)?.imports ?? [], known);
  }
  return known;
}

/** The files with the words that the given files bring, see words/build.ts. */
function wordsOf(files: string[], byFile: Map<string, Chunk>, byModule: Map<string, Chunk>, locale: string): string[] {
  const slices = files.flatMap((file) => byFile.get(file)?.moduleIds ?? []).flatMap((id) => WORDS.exec(id)?.[1] ?? []);
  const chunks = slices.map((slice) => {
    const suffix = `/words/${locale}/${slice}.ts`;
    const id = [...byModule.keys()].find((one) => one.endsWith(suffix));
    return id === undefined ? undefined : byModule.get(id)?.fileName;
  });
  return [...new Set(chunks.filter((file) => file !== undefined))].filter((file) => !files.includes(file));
}

function sum(byFile: Map<string, Chunk>, files: string[]): number {
  return files.reduce((total, file) => total + (byFile.get(file)?.size ?? 0), 0);
}

export function weight(): Plugin {
  return {
    name: "weight",
    apply: "build",
    writeBundle(_, bundle) {
      const written = Object.values(bundle).filter((file) => file.type === "chunk");
      const chunks = written.map((chunk) => ({ ...chunk, size: gzipSync(chunk.code).length }));
      const entry = written.find((chunk) => chunk.isEntry);
      const routes = written.flatMap(({ moduleIds }) => moduleIds).find((id) => ROUTES.test(id));
      const pages = this.getModuleInfo(routes ?? "")?.dynamicallyImportedIds ?? [];
      if (entry === undefined || pages.length === 0) throw new Error("the pages of the app cannot be found");
      const weighed = weigh(chunks, entry.fileName, [...new Set(pages)]);
      for (const { name, size } of process.env.REGULARS_WEIGHT ? weighed : weighed.slice(0, 1)) {
        this.info(`${kilobytes(size)} ${name.replace(/.*\/src\//, "")}`);
      }
      const tooHeavy = weighed.filter(({ size }) => size > PAGE_MAX);
      if (tooHeavy.length > 0) {
        const named = tooHeavy.map(({ name, size }) => `${name.replace(/.*\/src\//, "")} with ${kilobytes(size)}`);
        throw new Error(`pages that load more than ${kilobytes(PAGE_MAX)} of script: ${named.join(", ")}`);
      }
    },
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
