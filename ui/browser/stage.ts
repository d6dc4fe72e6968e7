// What every browser test stands on: a page that is signed in, a way to ask the API, screenshots, and the accessibility check.
import { mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import {
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Locator,
  type Page,
  type Request,
} from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";

const WIDTH = 1360;
const HEIGHT = 850;
const PATIENCE_MS = 20_000;
const screenshots = process.env.SCREENSHOTS ?? join(import.meta.dirname, "../screenshots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Two frames on, so that what has just arrived is drawn, and what it asks for is asked. */
const IS_WHOLE = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(
  () => document.querySelector("main .mantine-Skeleton-root, main [aria-busy=true]") === null,
)`;
/** What a browser reports about refused requests; the tests that provoke refusals check for them themselves. */
const EXPECTED_NOISE = /Failed to load resource/;

/** Of one file only: two files may begin at the same moment. */
export const stamp = `${Date.now().toString(36)}${process.env.VITEST_POOL_ID ?? ""}`;

export type Stage = { page: Page; complaints: string[]; fetching: Set<Request> };
type Wishes = { signedIn?: boolean; scheme?: "light" | "dark"; locale?: string };

/** One page for all tests of a file; errors on its console fail the file. */
export function stage(wishes: Wishes = {}): Stage {
  const on = { complaints: [] as string[], fetching: new Set<Request>() } as Stage;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await chromium.connect(inject("endpoint"));
    const context = await browser.newContext({
      viewport: { width: WIDTH, height: HEIGHT },
      colorScheme: wishes.scheme ?? "light",
      locale: wishes.locale ?? "en-US",
      timezoneId: "Europe/Vienna",
      reducedMotion: "reduce",
      storageState:
        wishes.signedIn === false ? undefined : (inject("signedIn") as BrowserContextOptions["storageState"]),
    });
    on.page = await context.newPage();
    on.page.setDefaultTimeout(PATIENCE_MS);
    countFetching(on);
    on.page.on("pageerror", (error) => on.complaints.push(error.message));
    on.page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED_NOISE.test(message.text())) on.complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser.close();
    expect(on.complaints, "errors on the console").toEqual([]);
  });
  return on;
}

/** Keeps count of what the page is being sent; what is told as it happens never ends and so does not count. */
function countFetching({ page, fetching }: Stage) {
  page.on("request", (request) => {
    if (request.resourceType() !== "eventsource") fetching.add(request);
  });
  for (const end of ["requestfinished", "requestfailed"] as const) {
    page.on(end as "requestfinished", (request) => fetching.delete(request));
  }
}

/** Waits until the page has drawn all that it was sent, and asks for nothing more. */
export async function settled({ page, fetching }: Stage) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await page.evaluate<boolean>(IS_WHOLE)) || fetching.size > 0) {
    if (end < Date.now()) throw new Error(`${page.url()} still loads: ${[...fetching].map((one) => one.url())}`);
  }
}

export async function visit(page: Page, path: string) {
  await page.goto(`${inject("url")}/admin${path}`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** What is in sight. Asked of the browser itself, which packs it in a third of the time that the page's own way takes. */
export async function shoot(page: Page, name: string) {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  const { data } = await (await session).send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
  await writeFile(join(screenshots, `${name}.png`), Buffer.from(data, "base64"));
}

/** The longest time in milliseconds for which the page could not answer since it was opened; 0 when it always could. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate<number>(`new Promise((found) => {
    new PerformanceObserver((list) => found(Math.max(...list.getEntries().map(({ duration }) => duration)))).observe({
      type: "longtask",
      buffered: true,
    });
    setTimeout(() => found(0), 200);
  })`);
}

/** Asks the API as the one who is signed in; for preparing what a test needs. */
export async function api<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const url = inject("url");
  const session = await page.context().request.get(`${url}/api/session`);
  const { csrfToken } = (await session.json()) as { csrfToken: string };
  const answer = await page.context().request.fetch(`${url}${path}`, {
    method,
    data: body,
    headers: { "x-csrf-token": csrfToken, "content-type": "application/json" },
  });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Waits until an input is marked as refused. */
export function refused(input: Locator): Promise<void> {
  return input.and(input.page().locator("[aria-invalid=true]")).waitFor();
}

/** The number a text begins with, whatever separates its thousands. */
export function figure(text: string | null): number {
  return Number((text ?? "").replaceAll(/[^\d]/g, ""));
}

/** What axe looks at: all of it, or only what may change when the same page is drawn in the other scheme. */
type Looked = "all" | "colours";
const OPTIONS = {
  // Only what was violated leaves the browser, and no files are asked for: what looks into them is off.
  all: { resultTypes: ["violations"], preload: false },
  colours: { resultTypes: ["violations"], preload: false, runOnly: ["color-contrast", "link-in-text-block"] },
};

/** The page as it is breaks no rule of axe. */
export async function expectAccessible(page: Page, name: string, looked: Looked = "all") {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  const run = `axe.run(document, ${JSON.stringify(OPTIONS[looked])}).then(({ violations }) => violations)`;
  const violations = await page.evaluate<AxeResults["violations"]>(run);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(found, `accessibility of ${name}`).toEqual([]);
}

/** The page as it is, light on a large screen and dark on a small one: shot, and it breaks no rule of axe. */
export async function expectPresentable(page: Page, name: string) {
  for (const [colorScheme, width, looked] of [
    ["light", 1440, "all"],
    ["dark", 1024, "colours"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await shoot(page, `${name}-${colorScheme}-${width}`);
    await expectAccessible(page, `${name} (${colorScheme})`, looked);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: WIDTH, height: HEIGHT });
}
