// Before all browser tests: starts one browser and signs in once. Afterwards: closes it.
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default async function setUp(project: TestProject) {
  const url = required("REGULARS_URL").replace(/\/$/, "");
  const login = { email: required("REGULARS_EMAIL"), password: required("REGULARS_PASSWORD") };
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const server = await chromium.launchServer({ executablePath, args: FLAGS });
  const browser = await chromium.connect(server.wsEndpoint());
  const context = await browser.newContext();
  const answer = await context.request.post(`${url}/api/session`, { data: login });
  if (!answer.ok()) throw new Error(`signing in at ${url} failed: ${answer.status()} ${await answer.text()}`);
  project.provide("endpoint", server.wsEndpoint());
  project.provide("url", url);
  project.provide("login", login);
  project.provide("signedIn", await context.storageState());
  await context.close();
  return () => server.close();
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name} to run the browser tests`);
  return value;
}

declare module "vitest" {
  interface ProvidedContext {
    endpoint: string;
    url: string;
    login: { email: string; password: string };
    signedIn: { cookies: object[]; origins: object[] };
  }
}
