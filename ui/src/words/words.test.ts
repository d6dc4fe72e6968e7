// Both languages say the same things with the same placeholders.
import { expect, test } from "vitest";
import { de } from "./de";
import { en } from "./en";

test("every German text uses the placeholders of the English one", () => {
  const german = new Map(texts(de));
  for (const [key, text] of texts(en)) {
    expect(placeholders(german.get(key) ?? ""), key).toEqual(placeholders(text));
  }
});

function texts(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${name}`, value]] : texts(value, `${path}${name}.`),
  );
}

function placeholders(text: string): string[] {
  // The texts of a plural stand in braces too; they follow the name of their form.
  return [
    ...new Set([...text.matchAll(/(?<!\b(?:one|other) |=\d )\{(\w+)[,}]/g)].map((found) => found[1] ?? "")),
  ].sort();
}
