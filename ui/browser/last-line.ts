// Ends the output with "N passed, N failed", which scripts read.
import type { Reporter, TestModule } from "vitest/node";

export class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      // A file that could not even be read has no tests that could fail.
      failed += module.errors().length;
      // What goes wrong before the tests of a suite leaves them skipped.
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        // Skipped means that the caller asked for a few tests only.
        else if (state !== "skipped") failed += 1;
      }
    }
    process.on("exit", () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
