// Dead letters: how many of each kind, and all of a kind tried again after a question. Jobs take hours to be given up, so what
// was given up is made up; the server is really asked to try again.
import { expect, test } from "vitest";
import { expectPresentable, stage, visit } from "./stage";

const on = stage();
const at = new Date().toISOString();
const dead = (id: number, kind: string) => ({
  id,
  kind,
  state: "dead",
  runAt: at,
  attempts: 8,
  done: 0,
  total: null,
  result: null,
  lastError: "421 come back later",
  customerId: null,
  createdAt: at,
  finishedAt: at,
});
const letters = [dead(900_003, "send_message"), dead(900_002, "import"), dead(900_001, "send_message")];

test("what was given up is counted by kind, and all of a kind is tried again", async () => {
  const { page } = on;
  await page.route("**/api/jobs/counts?state=dead", (route) => route.fulfill({ json: { import: 1, send_message: 2 } }));
  await page.route("**/api/jobs?*state=dead*", (route) => {
    const kind = new URL(route.request().url()).searchParams.get("kind");
    const items = letters.filter((job) => kind === null || job.kind === kind);
    return route.fulfill({ json: { items, nextCursor: null, total: null } });
  });
  await visit(page, "/jobs?state=dead");
  const kinds = page.getByRole("radiogroup", { name: "Given up, by kind" });
  await kinds.getByText("All jobs 3").waitFor();
  await kinds.getByText("Send a mail 2").click();
  await expect.poll(() => page.url()).toContain("kind=send_message");
  await expect.poll(() => page.getByRole("table", { name: "Jobs" }).locator("tbody tr").count()).toBe(2);
  await expectPresentable(page, "jobs-dead");

  await page.getByRole("button", { name: "Retry all" }).click();
  const question = page.getByRole("dialog", { name: "Retry 2 jobs?" });
  const asked = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/api/jobs/retry"),
  );
  await question.getByRole("button", { name: "Retry them" }).click();
  const request = await asked;
  expect(request.postDataJSON()).toEqual({ state: "dead", kind: "send_message" });
  expect((await request.response())?.status()).toBe(200);
  await page.getByText("0 jobs run again at once.").waitFor();
});
