// The check that a page of the app stands: opened by its address, then light and dark, it breaks no rule of axe and is shot on a
// large and a small screen.
import { beforeAll, describe, expect, test } from "vitest";
import { expectAccessible, longestTask, type Stage, settled, shoot, visit } from "./stage";

/** How long a page may keep the browser busy at a time while it is opened; asked for by hand, on a machine that does nothing else. */
const LONG_TASK_MAX_MS = Number(process.env.REGULARS_LONG_TASK_MAX_MS ?? Number.POSITIVE_INFINITY);

export const LIGHT_FIRST = ["light", "dark"] as const;
export const DARK_FIRST = ["dark", "light"] as const;

/** It opens in the first of the schemes. `address` tells where it is; none when there is nothing it could show. */
export function describePage(
  on: Stage,
  name: string,
  schemes: typeof LIGHT_FIRST | typeof DARK_FIRST,
  address: () => Promise<string | undefined>,
) {
  describe(name, () => {
    let path: string | undefined;
    beforeAll(async () => {
      path = await address();
      if (path === undefined) return;
      await on.page.emulateMedia({ colorScheme: schemes[0] });
      await visit(on.page, path);
      await settled(on);
    });
    if (Number.isFinite(LONG_TASK_MAX_MS)) {
      test("leaves the browser free to answer", async () => {
        if (path === undefined) return;
        // Opened once more: what the first opening read from the disk is at hand now.
        await visit(on.page, path);
        await settled(on);
        const longest = await longestTask(on.page);
        process.stdout.write(`${name}: ${longest} ms\n`);
        expect(longest).toBeLessThanOrEqual(LONG_TASK_MAX_MS);
      });
    }
    test.each(schemes)("%s", async (colorScheme) => {
      if (path === undefined) return;
      await on.page.emulateMedia({ colorScheme });
      await on.page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      for (const width of [1024, 1440]) {
        await on.page.setViewportSize({ width, height: 900 });
        await shoot(on.page, `${colorScheme}-${width}-${name}`);
      }
      await expectAccessible(on.page, `${path} (${colorScheme})`, colorScheme === schemes[0] ? "all" : "colours");
    });
  });
}
