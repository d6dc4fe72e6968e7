// Refused rows as a file that spreadsheets read.
import { expect, test } from "vitest";
import { keptCsv, problemsCsv } from "./problems-file";

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

test("one line for each reason why something was left as it was", () => {
  const of = { subjectId: 7, customerId: 7, outcome: "kept" as const, changes: {} };
  const notes = { path: "", code: "has_notes", message: "there are notes about the customer" };
  const edited = { path: "", code: "edited", message: "the customer was edited since" };
  const kept = [
    { ...of, row: 3, subject: "customer" as const, name: "Ada, Byron", problems: [edited, notes] },
    { ...of, row: 0, subject: "membership" as const, name: null, problems: [edited] },
  ];
  expect(keptCsv(kept).split("\r\n")).toEqual([
    "row,subject,id,customer,name,code,message",
    '3,customer,7,7,"Ada, Byron",edited,the customer was edited since',
    '3,customer,7,7,"Ada, Byron",has_notes,there are notes about the customer',
    ",membership,7,7,,edited,the customer was edited since",
    "",
  ]);
});
