// How words get into the app, for the bundler: each file brings the slices it names in `useTranslations`, and texts are read when
// the app is built, so that browsers need no reader of the message format.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import compile from "icu-minify/compile";
import { type Plugin, transformWithOxc } from "vite";

const BRINGS = "words:";
const here = fileURLToPath(new URL(".", import.meta.url));
const spoken = /\buseTranslations\(\s*"(\w+)/g;
const texts = /\/words\/(?:en|de)\/(?!index)\w+\.ts$/;

/** The slices whose words a file says. */
export function slicesOf(code: string): string[] {
  return [...new Set([...code.matchAll(spoken)].map(([, slice]) => slice as string))];
}

export function broughtWords(): Plugin {
  return {
    name: "brought-words",
    enforce: "pre",
    resolveId: (id) => (id.startsWith(BRINGS) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${BRINGS}`)) return null;
      const slice = id.slice(BRINGS.length + 1);
      if (!existsSync(`${here}en/${slice}.ts`)) throw new Error(`there are no words of ${slice}`);
      const source = (locale: string) => `${locale}: () => import(${JSON.stringify(`${here}${locale}/${slice}.ts`)})`;
      return `import { bring } from ${JSON.stringify(`${here}slices.ts`)};
bring("${slice}", { ${source("en")}, ${source("de")} });`;
    },
    transform(code, id) {
      if (!/\/src\/.*\.tsx?$/.test(id) || texts.test(id)) return null;
      const slices = slicesOf(code);
      // On the first line, so that all others keep their numbers.
      const brought = slices.map((slice) => `import "${BRINGS}${slice}"; `).join("");
      return slices.length === 0 ? null : { code: brought + code, map: null };
    },
  };
}

/** Goes with the alias in vite.config.ts: what is read here is only formatted there. */
export function readTexts(): Plugin {
  return {
    name: "read-texts",
    enforce: "pre",
    async transform(code, id) {
      if (!texts.test(id)) return null;
      const plain = await transformWithOxc(code, id, { sourcemap: false });
      const words: object = await import(`data:text/javascript,${encodeURIComponent(plain.code)}`);
      const parts = Object.entries(words).map(
        ([name, said]) => `export const ${name} = ${JSON.stringify(read(said))};`,
      );
      return { code: parts.join("\n"), map: null };
    },
  };
}

type Read = ReturnType<typeof compile> | { [key: string]: Read };

export function read(said: unknown): Read {
  if (typeof said === "string") return compile(said);
  return Object.fromEntries(Object.entries(said as object).map(([key, value]) => [key, read(value)]));
}
