// The check that a page of the app stands: opened by its address, then light and dark, it breaks no rule of axe and is shot on a
// large and a small screen.
import { beforeAll, describe, test } from "vitest";
import { expectAccessible, type Stage, settled, shoot, visit } from "./stage";

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
