// Ends the output with "N passed, N failed", which scripts read, and tells what failed where it is asked to.
import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** The path of a file for what failed, one line each. */
const FAILURES = process.env.REGULARS_FAILURES;

export class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    let passed = 0;
    const failures = errors.map((error) => line("outside of the tests", [error]));
    for (const module of modules) {
      const file = module.relativeModuleId;
      // A file that could not even be read has no tests that could fail.
      if (0 < module.errors().length) failures.push(line(file, module.errors()));
      // What goes wrong before the tests of a suite leaves them skipped.
      for (const suite of module.children.allSuites()) {
        if (0 < suite.errors().length) failures.push(line(`${file}: ${suite.fullName}`, suite.errors()));
      }
      for (const test of module.children.allTests()) {
        const { state, errors: wrong } = test.result();
        if (state === "passed") passed += 1;
        // Skipped means that the caller asked for a few tests only.
        else if (state !== "skipped") failures.push(line(`${file}: ${test.fullName}`, wrong ?? []));
      }
    }
    if (FAILURES) writeFileSync(FAILURES, failures.join(""));
    process.on("exit", () => process.stdout.write(`${passed} passed, ${failures.length} failed\n`));
  }
}

/** What failed and the first line of why. */
function line(where: string, errors: readonly unknown[]): string {
  const [first] = errors;
  const why =
    first && typeof first === "object" && "message" in first
      ? String(first.message)
      : String(first ?? "no reason given");
  return `${where}: ${why.split("\n", 1)[0]}\n`;
}
