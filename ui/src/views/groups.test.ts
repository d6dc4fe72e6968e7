// Views sorted by whose they are.
import { expect, test } from "vitest";
import type { SavedView } from "@/api/types";
import { grouped } from "./groups";

const view = (id: number, owner: number | null) =>
  ({ id, owner: owner === null ? null : { id: owner, name: "" } }) as SavedView;

test("each view stands in one group, and no group is empty", () => {
  const [own, shared, nobodys, other] = [view(1, 7), view(2, 8), view(3, null), view(4, 9)];
  expect(grouped([own, shared, nobodys], [own, shared, nobodys, other], 7)).toEqual([
    { word: "own", views: [own] },
    { word: "shared", views: [shared, nobodys] },
    { word: "others", views: [other] },
  ]);
  expect(grouped([shared], [], 7)).toEqual([{ word: "shared", views: [shared] }]);
});
