// Link definitions in the form.
import { expect, test } from "vitest";
import { codeOf, withoutQuery } from "./values";

test("the short link is the address without the customer", () => {
  expect(withoutQuery("https://crm.example/t/l/c0de?cmfc=*|ID|*")).toBe("https://crm.example/t/l/c0de");
  expect(withoutQuery("https://crm.example/t/l/c0de")).toBe("https://crm.example/t/l/c0de");
});

test("templates name it in quotes", () => {
  expect(codeOf("summer sale")).toBe("{{ link('summer sale') }}");
  expect(codeOf("it's on")).toBe("{{ link('it\\'s on') }}");
});
