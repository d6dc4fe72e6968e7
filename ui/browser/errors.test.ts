// What is said when something fails, and what one can do about it; nothing that was there is lost.
import { expect, test } from "vitest";
import { expectPresentable, settled, stage, visit } from "./stage";

const on = stage();
const customers = "**/api/customers?*";
const rows = () => on.page.getByRole("table", { name: "Customers" }).locator("tbody tr:not([aria-hidden])");

test("a server that cannot be reached is said to be, and asked again on demand", async () => {
  const { page } = on;
  await page.route(customers, (route) => route.abort());
  await visit(page, "/customers");
  const alert = page.getByRole("alert");
  await alert.getByText("The server cannot be reached. Check your connection and try again.").waitFor();
  await expectPresentable(page, "error-unreachable");
  await page.unroute(customers);
  await alert.getByRole("button", { name: "Try again" }).click();
  await rows().first().waitFor();
});

test("a mistake of the server is named by the number that its log has", async () => {
  const { page } = on;
  const json = { title: "Internal Server Error", status: 500, code: "internal", detail: "wrong", requestId: "77cf" };
  await page.route(customers, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", json }));
  await visit(page, "/customers?q=anybody");
  await page
    .getByRole("alert")
    .getByText(/tell whoever runs Regulars: request 77cf/)
    .waitFor();
  await page.unroute(customers);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("alert").waitFor({ state: "hidden" });
});

test("whose session has ended signs in again and is where he was", async () => {
  const { page } = on;
  await visit(page, "/customers?q=an");
  await settled(on);
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "City" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  expect(new URL(page.url()).searchParams.get("back")).toContain("/customers?q=an");
  await page.context().addCookies(cookies);
});
