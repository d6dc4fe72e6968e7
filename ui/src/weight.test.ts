// A page weighs what it cannot begin without, each file once, with its words in the heavier language.
import { expect, test } from "vitest";
import { type Chunk, weigh } from "./weight";

const chunk = (fileName: string, size: number, imports: string[] = [], moduleIds: string[] = []): Chunk => ({
  fileName,
  size,
  imports,
  moduleIds,
});

const chunks = [
  chunk("entry.js", 100, ["shared.js"], ["/src/main.tsx", "\0words:shell"]),
  chunk("shared.js", 20),
  chunk("list.js", 5, ["shared.js", "rows.js"], ["/src/list.tsx", "\0words:lists"]),
  chunk("rows.js", 7, ["entry.js"], ["\0words:shell"]),
  chunk("page.js", 40, ["rows.js"], ["/src/page.tsx"]),
  chunk("en-shell.js", 1, [], ["/src/words/en/shell.ts"]),
  chunk("de-shell.js", 2, [], ["/src/words/de/shell.ts"]),
  chunk("en-lists.js", 4, [], ["/src/words/en/lists.ts"]),
  chunk("de-lists.js", 3, [], ["/src/words/de/lists.ts"]),
  chunk("drawer.js", 1000, ["shared.js"], ["/src/drawer.tsx"]),
];

test("each file counts once and what comes later does not count", () => {
  const [heaviest] = weigh(chunks, "entry.js", ["/src/list.tsx", "/src/page.tsx"]);
  expect(heaviest).toEqual({
    name: "/src/page.tsx",
    size: 100 + 20 + 40 + 7 + 2,
    files: ["entry.js", "shared.js", "page.js", "rows.js", "de-shell.js"],
  });
});

test("words are those of one language, the heavier one of the page", () => {
  const [list] = weigh(chunks, "entry.js", ["/src/list.tsx"]);
  expect(list?.size).toBe(100 + 20 + 5 + 7 + Math.max(1 + 4, 2 + 3));
});
