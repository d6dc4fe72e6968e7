// Runs the browser tests one after the other: they share one running server and its data.
import { defineConfig } from "vitest/config";
import { LastLine } from "./last-line.ts";

const SLOW_MACHINE_MS = 60_000;

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ["**/*.test.ts"],
    globalSetup: ["./browser/stage-setup.ts"],
    fileParallelism: false,
    testTimeout: SLOW_MACHINE_MS,
    hookTimeout: SLOW_MACHINE_MS,
    reporters: ["verbose", new LastLine()],
  },
});
