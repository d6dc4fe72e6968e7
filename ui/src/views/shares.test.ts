// Users and roles in one choice.
import { expect, test } from "vitest";
import { added, choiceOf } from "./shares";

test("what is chosen is found again", () => {
  for (const choice of ["17", "viewer", "service-2"]) {
    const [share] = added([], choice);
    expect(share && choiceOf(share)).toBe(choice);
    expect(share?.mayEdit).toBe(false);
  }
});
