// Refused rows as a file that spreadsheets read.
import { expect, test } from "vitest";
import { problemsCsv } from "./problems-file";

test("one line for each problem, quoted where it has to be", () => {
  const rows = [
    { row: 3, problems: [{ path: "/customer", code: "unknown_customer", message: "no customer is known by this" }] },
    {
      row: 5,
      problems: [
        { path: "/since", code: "invalid", message: 'column "Seit": "bad", no time' },
        { path: "", code: "invalid", message: "=1+1" },
      ],
    },
  ];
  expect(problemsCsv(rows).split("\r\n")).toEqual([
    "row,path,code,message",
    "3,/customer,unknown_customer,no customer is known by this",
    '5,/since,invalid,"column ""Seit"": ""bad"", no time"',
    "5,,invalid,'=1+1",
    "",
  ]);
});
