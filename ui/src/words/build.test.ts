// Texts are read when the app is built, and every file that is fetched later is fetched together with its words.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { read, slicesOf } from "./build";
import { de } from "./de";
import { en } from "./en";

const src = join(import.meta.dirname, "..");

test("the slices of a file are those it names", () => {
  const code =
    'const t = useTranslations("customers.syntax"); const u = useTranslations(\n  "parts"); useTranslations("parts")';
  expect(slicesOf(code)).toEqual(["customers", "parts"]);
});

test("every text of both languages can be read", () => {
  expect(() => read(en)).not.toThrow();
  expect(() => read(de)).not.toThrow();
  expect(read({ a: { plain: "Save", named: "Hello {name}" } })).toEqual({
    a: { plain: "Save", named: ["Hello ", ["name"]] },
  });
});

test("how numbers look is said in full: browsers know no styles by name", () => {
  expect(read("{share, number, ::percent}")).toEqual([["share", 4, { style: "percent" }]]);
  expect(JSON.stringify([read(en), read(de)])).not.toMatch(/,[456],"/);
});

test("words are named outright, so that the bundler sees them", () => {
  const unnamed = files().filter((file) => /\buseTranslations\((?!\s*")/.test(textOf(file)));
  expect(unnamed).toEqual([]);
});

test("files are fetched later in one way only, which waits for their words", () => {
  const fetching = files().filter((file) => /\blazy\(|\blazyRouteComponent\(/.test(textOf(file)));
  expect(fetching.sort()).toEqual(["parts/later.tsx", "routes.tsx"]);
});

function files(): string[] {
  const all = readdirSync(src, { recursive: true, encoding: "utf8" });
  return all.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith("words/"));
}

function textOf(file: string): string {
  return readFileSync(join(src, file), "utf8");
}
