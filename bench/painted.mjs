// How long it takes from the click on a page in the menu until that page is painted, and how long the browser cannot answer
// meanwhile; in headless Chromium, against a running server. Needs `npm ci` in `ui` and a machine that does nothing else.
//
//     REGULARS_URL=http://127.0.0.1:8080 REGULARS_EMAIL=… REGULARS_PASSWORD=… node bench/painted.mjs [RUNS]
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../ui/package.json", import.meta.url))("playwright-core");
const { REGULARS_URL: url, REGULARS_EMAIL: email, REGULARS_PASSWORD: password, CHROMIUM } = process.env;
const RUNS = Number(process.argv[2] ?? 5);
const ROWS = 100;
const ROWS_PX = 5200;

/** What is there once a page is painted; asked in the page before each frame. */
const arrived = {
  // The two charts of the dashboard are the last that it draws.
  dashboard: `document.querySelectorAll("main [role=img] svg").length >= 2 && !document.querySelector("main [aria-busy=true]")`,
  rows: (count) => `document.querySelectorAll("main table tbody tr a").length >= ${count} && !document.querySelector("main table[aria-busy=true]")`,
};

/** Milliseconds from the click to the frame after which nothing of it is missing, and the longest task between. */
async function clicked(page, name, isThere) {
  const painted = page.evaluate(`new Promise((tell) => {
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ type: "longtask" });
    addEventListener("click", ({ timeStamp }) => {
      const look = () => {
        if (!(${isThere})) return requestAnimationFrame(look);
        // The task after a frame begins when the frame has been painted.
        requestAnimationFrame(() => setTimeout(() => {
          const after = performance.now() - timeStamp;
          setTimeout(() => tell({ after, longest }), 300);
        }));
      };
      look();
    }, { capture: true, once: true });
  })`);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
  return painted;
}

async function signedIn(browser, height) {
  const context = await browser.newContext({ viewport: { width: 1440, height }, locale: "en-GB" });
  const answer = await context.request.post(`${url}/api/session`, { data: { email, password } });
  if (!answer.ok()) throw new Error(`signing in failed: ${answer.status()}`);
  return context.newPage();
}

/** The app in a browser that has never been here, then the same two ways with everything at hand. */
async function run(browser, height, rows, told) {
  const page = await signedIn(browser, height);
  await page.goto(`${url}/admin/companies`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  for (const how of ["first", "again"]) {
    told(`dashboard, ${how} time`, await clicked(page, "Dashboard", arrived.dashboard));
    told(`${rows} customers, ${how} time`, await clicked(page, "Customers", arrived.rows(rows)));
  }
  await page.context().close();
}

const figures = new Map();
const told = (what, figure) => figures.set(what, [...(figures.get(what) ?? []), figure]);
const browser = await chromium.launch({ executablePath: CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (let at = 0; at < RUNS; at++) {
    // Only rows in sight are drawn, so a window that is high enough shows all of them.
    await run(browser, 900, 15, told);
    await run(browser, ROWS_PX, ROWS, told);
  }
} finally {
  await browser.close();
}
console.log("| from the click to painted | ms, median (lowest–highest) | longest task, ms |\n|---|---:|---:|");
for (const [what, all] of figures) {
  const times = all.map(({ after }) => Math.round(after)).sort((one, other) => one - other);
  const longest = Math.round(Math.max(...all.map(({ longest }) => longest)));
  console.log(`| ${what} | ${times[times.length >> 1]} (${times[0]}–${times.at(-1)}) | ${longest} |`);
}
