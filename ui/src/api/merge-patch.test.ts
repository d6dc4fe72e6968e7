// A merge patch holds what differs and nothing else.
import { expect, test } from "vitest";
import { mergePatch } from "./merge-patch";

test("what differs", () => {
  check({ a: 1, b: 2 }, { a: 1, b: 2 }, {});
  check({ a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 });
  check({ a: "x" }, { a: null }, { a: null });
  check({ a: null }, { a: undefined }, {});
  check({ a: 1 }, {}, { a: null });
  check({ fields: { tier: "gold", size: 38 } }, { fields: { tier: "gold", size: 39 } }, { fields: { size: 39 } });
  check({ list: [1, 2] }, { list: [2] }, { list: [2] });

  function check(before: object, after: object, patch: object) {
    expect(mergePatch(before, after)).toEqual(patch);
  }
});
