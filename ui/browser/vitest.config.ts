// Runs the browser tests against one running server and its data: two files at a time, but for those that need it for themselves.
import { defineConfig } from "vitest/config";
import { LastLine } from "./last-line.ts";

const SLOW_MACHINE_MS = 60_000;
const PATIENCE_MS = 20_000;
const AT_A_TIME = 2;

/**
 * They change settings that hold for everybody, follow a job among no others, count customers that other files make and delete, or make
 * what a browser complains about.
 */
const alone = [
  "customers-search",
  "duplicates",
  "general",
  "hostile",
  "mail",
  "progress",
  "segment-ahead",
  "segment-upkeep",
].map((name) => `**/${name}.test.ts`);

/** What is run by itself, on the other database. */
const smoke = ["**/smoke.test.ts"];
const isSmoke = process.env.REGULARS_SMOKE !== undefined;

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    globalSetup: ["./browser/stage-setup.ts"],
    testTimeout: SLOW_MACHINE_MS,
    hookTimeout: SLOW_MACHINE_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
    reporters: ["verbose", new LastLine()],
    projects: isSmoke
      ? [{ extends: true, test: { name: "smoke", include: smoke } }]
      : [
          {
            extends: true,
            test: {
              name: "together",
              include: ["**/*.test.ts"],
              exclude: [...alone, ...smoke],
              maxWorkers: AT_A_TIME,
              sequence: { groupOrder: 0 },
            },
          },
          {
            extends: true,
            test: { name: "alone", include: alone, maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 1 } },
          },
        ],
  },
});
