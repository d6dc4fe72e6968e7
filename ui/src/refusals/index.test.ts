// A refusal is the same one in another language.
import { expect, test } from "vitest";
import { ApiError } from "@/api/problem";
import { inLanguage } from "./index";

const problem = { path: "/name", code: "length", message: "a name has 1 to 100 characters" };
const refused = new ApiError(422, "invalid", "Invalid", `/name: ${problem.message}`, [problem], { requestId: "r1" }, 3);

test("German readers are told in German, at the same place", async () => {
  const told = await inLanguage(refused, "de");
  expect(told.problems).toEqual([{ ...problem, message: "Ein Name hat 1 bis 100 Zeichen." }]);
  expect(told.detail).toBe("/name: Ein Name hat 1 bis 100 Zeichen.");
  expect(told).toMatchObject({ status: 422, code: "invalid", more: { requestId: "r1" }, retryAfterSeconds: 3 });
});

test("a conflict is told by what it says", async () => {
  const conflict = new ApiError(
    409,
    "last_admin",
    "Conflict",
    "this is the last active administrator; make someone else one first",
    [],
    {},
    null,
  );
  expect((await inLanguage(conflict, "de")).message).toBe(
    "Das ist der letzte aktive Administrator; zuerst jemand anderen dazu machen.",
  );
});

test("English is the server's own", async () => {
  expect((await inLanguage(refused, "en")).problems).toEqual([problem]);
});
