// Words come with the files that say them, whatever of them is on its way when the language changes.
import { beforeEach, expect, test, vi } from "vitest";

vi.stubGlobal("navigator", { language: "en-GB" });

const shell = { en: async () => ({ shell: { menu: "Menu" } }), de: async () => ({ shell: { menu: "Menü" } }) };
const links = { en: async () => ({ links: { title: "Links" } }), de: async () => ({ links: { title: "Verweise" } }) };

let words: typeof import("./slices");
beforeEach(async () => {
  vi.resetModules();
  words = await import("./slices");
});

/** Slices of the real words are large; these are enough. */
function bring(slice: "shell" | "links", sources: object) {
  words.bring(slice, sources as never);
}

test("a file is there once its words are", async () => {
  const file = await words.withWords(async () => {
    bring("shell", shell);
    return "file";
  });
  expect(file).toBe("file");
  expect(words.wordsSoFar()).toEqual({ shell: { menu: "Menu" } });
});

test("slices that come later join the same words", async () => {
  bring("shell", shell);
  await words.withWords(async () => {});
  const before = words.wordsSoFar();
  bring("links", links);
  await words.withWords(async () => {});
  expect(words.wordsSoFar()).toBe(before);
  expect(before).toEqual({ shell: { menu: "Menu" }, links: { title: "Links" } });
});

test("another language has all slices, also those that came while it was fetched", async () => {
  bring("shell", {
    ...shell,
    de: async () => {
      bring("links", links);
      return shell.de();
    },
  });
  expect(await words.speak("de")).toEqual({ shell: { menu: "Menü" }, links: { title: "Verweise" } });
  expect(words.wordsSoFar()).toEqual({ shell: { menu: "Menü" }, links: { title: "Verweise" } });
});

test("words that did not come are asked for again", async () => {
  const source = vi.fn().mockRejectedValueOnce(new Error("away")).mockRejectedValueOnce(new Error("away"));
  source.mockImplementation(shell.en);
  bring("shell", { ...shell, en: source });
  await expect(words.withWords(async () => {})).rejects.toThrow("away");
  await words.withWords(async () => {});
  expect(words.wordsSoFar()).toEqual({ shell: { menu: "Menu" } });
});
