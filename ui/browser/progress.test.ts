// The progress of an import is told by its job as it runs, and asked for where that is not possible.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { shoot, stage, stamp, visit } from "./stage";

const on = stage();
const ROWS = 8_000;
const WHILE_MS = 40_000;

function rows(name: string): Buffer {
  const lines = Array.from({ length: ROWS }, (_, row) => `${name}.${row}.${stamp}@example.org,Ida,Import`);
  return Buffer.from(`email,vorname,nachname\n${lines.join("\n")}\n`);
}

/** A dry run: as long as a real one, and it leaves nothing behind. */
async function tryOut(page: Page, name: string) {
  await visit(page, "/import");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: `${name}.csv`, mimeType: "text/csv", buffer: rows(name) });
  await page.getByRole("button", { name: "Dry run" }).click();
}

test("a running import is followed, not polled", async () => {
  const { page } = on;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await tryOut(page, "followed");
  await expect.poll(() => asked.some((path) => /^\/api\/jobs\/\d+\/events$/.test(path))).toBe(true);
  await shoot(page, "import-running");
  await page.getByText("Nothing was written yet.").waitFor({ timeout: WHILE_MS });
});

test("when the stream cannot be had, progress is asked for", async () => {
  const { page } = on;
  await page.route("**/api/jobs/*/events", (route) => route.abort());
  await tryOut(page, "polled");
  await page.getByText("Nothing was written yet.").waitFor({ timeout: WHILE_MS });
  await page.unroute("**/api/jobs/*/events");
});

test("streams close with their job", async () => {
  const { page } = on;
  await page.addInitScript(() => {
    const open = window.EventSource;
    const all: EventSource[] = [];
    Object.assign(window, { streams: all });
    window.EventSource = class extends open {
      constructor(url: string | URL) {
        super(url);
        all.push(this);
      }
    };
  });
  await tryOut(page, "left");
  const states = () =>
    page.evaluate(() => (window as unknown as { streams: EventSource[] }).streams.map((one) => one.readyState));
  await expect.poll(async () => (await states()).length).toBeGreaterThan(0);
  await page.getByText("Nothing was written yet.").waitFor({ timeout: WHILE_MS });
  await expect.poll(async () => (await states()).every((state) => state === 2)).toBe(true);
});
