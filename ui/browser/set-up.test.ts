// The first start: a server without anybody prints a link, whose holder becomes the first administrator, once.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, refused, shoot, stage, stamp } from "./stage";

const binary = process.env.REGULARS_BINARY ?? join(import.meta.dirname, "../../target/debug/regulars");
const READY_WITHIN_MS = 60_000;
const on = stage({ signedIn: false });
let folder: string;
let server: ChildProcess;
let link: string;

beforeAll(async () => {
  if (!existsSync(binary)) throw new Error(`${binary} has not been built`);
  folder = mkdtempSync(join(tmpdir(), "regulars-set-up-"));
  const words = ["serve", "--listen", "127.0.0.1:0", "--database", `sqlite:${join(folder, "empty.db")}`];
  server = spawn(binary, words, { stdio: ["ignore", "pipe", "pipe"] });
  link = await printedLink(server);
});
afterAll(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
  rmSync(folder, { recursive: true });
});

function printedLink(from: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const read = (piece: Buffer) => {
      text += piece.toString();
      const found = /http:\S+\/admin\/setup\?token=\w+/.exec(text)?.[0];
      if (found && text.includes("listens on")) resolve(found);
    };
    from.stdout?.on("data", read);
    from.stderr?.on("data", read);
    from.once("exit", () => reject(new Error(`the server ended: ${text}`)));
    setTimeout(() => reject(new Error(`no link within ${READY_WITHIN_MS} ms: ${text}`)), READY_WITHIN_MS).unref();
  });
}

async function fill(password: string) {
  const { page } = on;
  await page.getByLabel("Name").fill("Olivia Owner");
  await page.getByLabel("Mail address").fill(`olivia.${stamp}@example.org`);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
}

test("a link that is not the printed one leads nowhere", async () => {
  const { page } = on;
  await page.goto(`${link}0`);
  await fill("correct horse battery staple");
  await page.getByText("This link was used already").waitFor();
  await shoot(page, "set-up-over");
});

test("a password that is too short is refused at its field", async () => {
  const { page } = on;
  await page.goto(link);
  await fill("short");
  await refused(page.getByRole("textbox", { name: "Password" }));
  await shoot(page, "set-up");
  await expectAccessible(page, "/setup");
});

test("the first administrator is signed in and told what to do next", async () => {
  const { page } = on;
  await fill("correct horse battery staple");
  await page.getByRole("heading", { level: 2, name: "First steps" }).waitFor();
  await shoot(page, "first-steps");
  await expectAccessible(page, "/ without customers");
  expect(new URL(page.url()).search).toBe("");
});

test("the link works only once", async () => {
  const { page } = on;
  await page.goto(link);
  await fill("correct horse battery staple");
  await page.getByText("This link was used already").waitFor();
  await page.getByRole("link", { name: "To the sign-in" }).waitFor();
});
