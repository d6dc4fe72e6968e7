// Headers are rows in the form and an object on the wire; problems find their row.
import { expect, test } from "vitest";
import { ApiError } from "@/api/problem";
import { atRows, bodyOf, emptyWebhook, isTwice } from "./values";

const rows = [
  { name: " X-Shop ", value: "1" },
  { name: "", value: "" },
  { name: "Host", value: "x" },
];

test("empty rows are left out and names are trimmed", () => {
  expect(bodyOf({ ...emptyWebhook, headers: rows })).toMatchObject({
    headers: { "X-Shop": "1", Host: "x" },
    timeoutS: 10,
  });
});

test("an emptied time-out is refused by the server, not guessed", () => {
  expect(bodyOf({ ...emptyWebhook, timeoutS: "" })).toMatchObject({ timeoutS: 0 });
});

test("a second row of the same name is found, whatever its letters", () => {
  const twice = [...rows, { name: "x-shop", value: "2" }];
  expect(twice.map((_, place) => isTwice(twice, place))).toEqual([false, false, false, true]);
  expect(
    isTwice(
      [
        { name: "", value: "" },
        { name: "", value: "" },
      ],
      1,
    ),
  ).toBe(false);
});

test("what the server says of a header is shown at its row", () => {
  const refused = ["/headers/Host", "/headers/gone", "/headers", "/url"].map((path) => ({
    path,
    code: "x",
    message: "y",
  }));
  const error = atRows(new ApiError(422, "invalid", "", "", refused, {}, null), rows) as ApiError;
  expect(error.problems.map(({ path }) => path)).toEqual(["/headers/2/name", "/headers/gone", "/headers", "/url"]);
  expect(error.status).toBe(422);
  const other = new Error("away");
  expect(atRows(other, rows)).toBe(other);
});
