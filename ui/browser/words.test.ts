// Words are fetched with the pages that say them, in the language one reads, and change with it.
import { expect, test } from "vitest";
import { settled, stage, visit } from "./stage";

const on = stage({ locale: "de-AT" });

test("a page fetches the words it says, in one language", async () => {
  const { page } = on;
  const fetched = new Set<string>();
  page.on("request", (request) => {
    const [, words] = /\/assets\/((?:en|de)-[a-z]+)-/.exec(request.url()) ?? [];
    if (words) fetched.add(words);
  });
  await visit(page, "/activity-types");
  await page.getByRole("heading", { level: 1, name: "Aktivitätsarten" }).waitFor();
  await settled(on);
  expect(fetched).toContain("de-activities");
  expect([...fetched].filter((words) => words.startsWith("en-") || words === "de-automation")).toEqual([]);
});

test("another language holds for the page in sight and for those opened later", async () => {
  const { page } = on;
  await page.getByRole("button", { name: /Sprache, Darstellung/ }).click();
  await page.getByText("English", { exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Activity types" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("navigation").getByRole("link", { name: "Companies", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Companies" }).waitFor();
  await page.getByRole("link", { name: "New company" }).first().waitFor();
  await visit(page, "/rules");
  await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
});
