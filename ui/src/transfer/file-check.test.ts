// Files that need not be sent to know that they will be refused.
import { expect, test } from "vitest";
import { FILE_BYTES_MAX, fileProblem } from "./file-check";

test("tables as text are taken, up to the limit", () => {
  expect(fileProblem({ name: "List.CSV", size: 12 })).toBeNull();
  expect(fileProblem({ name: "members.ndjson", size: FILE_BYTES_MAX })).toBeNull();
});

test("others are refused with their reason", () => {
  expect(fileProblem({ name: "list.xlsx", size: 12 })).toBe("fileType");
  expect(fileProblem({ name: "list", size: 12 })).toBe("fileType");
  expect(fileProblem({ name: "list.csv", size: 0 })).toBe("fileEmpty");
  expect(fileProblem({ name: "list.csv", size: FILE_BYTES_MAX + 1 })).toBe("fileTooLarge");
});
