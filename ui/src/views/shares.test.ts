// Users and roles in one choice.
import { expect, test } from "vitest";
import { added, choiceOf, roles } from "./shares";

test("what is chosen is found again", () => {
  for (const choice of ["17", ...roles]) {
    const [share] = added([], choice);
    expect(share && choiceOf(share)).toBe(choice);
    expect(share?.mayEdit).toBe(false);
  }
});
