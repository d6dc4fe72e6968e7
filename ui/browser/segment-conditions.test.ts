// Conditions of every kind: added as rows, read as a sentence, written as JSON, and what has no row left as it stands.
import { expect, test } from "vitest";
import { expectAccessible, expectPresentable, figure, shoot, stage, visit } from "./stage";

const on = stage();

test("a sequence of activities is put together and counted", async () => {
  const { page } = on;
  await visit(page, "/segments/new");
  const count = page.getByTestId("live-count");
  await count.waitFor();
  const everybody = figure(await count.textContent());
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Sequence of activities" }).click();
  await page.getByRole("button", { name: "all of it within …" }).click();
  await page.getByText(/In words: .* then .* all of it within 7 days in the last 90 days/).waitFor();
  await page.getByRole("group", { name: "Step 2" }).getByRole("button", { name: "where …" }).click();
  await page.getByRole("combobox", { name: "Attribute" }).fill("nothing.like.it");
  await page.getByLabel("Value").fill("x");
  await expect.poll(async () => figure(await count.textContent()), { timeout: 20_000 }).toBe(0);
  expect(everybody).toBeGreaterThan(0);
  await shoot(page, "condition-sequence");
  await expectAccessible(page, "the builder with a sequence");
});

test("JSON that is no condition is refused at its place, what the server refuses too", async () => {
  const { page } = on;
  await page.getByRole("button", { name: "Edit as JSON" }).click();
  const dialog = page.getByRole("dialog");
  const text = dialog.getByRole("textbox", { name: "Condition" });
  const apply = dialog.getByRole("button", { name: "Apply" });
  await text.fill("{");
  await apply.click();
  await dialog.getByText(/This is not JSON/).waitFor();
  await text.fill('{"all":[{"any":3}]}');
  await apply.click();
  await dialog.getByText("/all/0/any", { exact: true }).waitFor();
  await text.fill('{"all":[{"fact":"consent","purpose":"mail","op":"maybe"}]}');
  await apply.click();
  await dialog.getByText("/all/0/op", { exact: true }).waitFor();
  await shoot(page, "condition-json");
  await expectAccessible(page, "a condition as JSON");
});

test("what is applied comes as rows and as a sentence, and what has no row as JSON", async () => {
  const { page } = on;
  const dialog = page.getByRole("dialog");
  const condition = {
    any: [
      { fact: "consent", purpose: "mail", op: "granted" },
      { fact: "subscription", list: "news", op: "in", values: ["subscribed", "pending"] },
      { fact: "company", name: "vatId", op: "set" },
      { fact: "field", name: "city", op: "matches", value: "^W" },
      { fact: "customer", id: 1 },
    ],
  };
  await dialog.getByRole("textbox", { name: "Condition" }).fill(JSON.stringify(condition));
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(/In words: consent to mail: given or subscription to news is one of subscribed/).waitFor();
  await page.getByText('{"fact":"customer","id":1}', { exact: true }).waitFor();
  expect(await page.getByLabel("Purpose").inputValue()).toBe("mail");
  expect(await page.getByLabel("Newsletter list", { exact: true }).inputValue()).toBe("news");
  await shoot(page, "condition-kinds");
  await expectAccessible(page, "the builder with rows of every kind");
});

test("rows are moved and doubled by buttons and by keys, into groups and out, and the keyboard stays with them", async () => {
  const { page } = on;
  const condition = {
    all: [
      { fact: "field", name: "city", op: "eq", value: "Wien" },
      { any: [{ fact: "field", name: "countryCode", op: "eq", value: "AT" }] },
    ],
  };
  await visit(page, `/segments/new?filter=${encodeURIComponent(JSON.stringify(condition))}`);
  const words = (text: string) => page.getByText(`In words: ${text}.`, { exact: true }).waitFor();
  await words("City is “Wien” and Country is “AT”");
  const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label')");
  await page.getByRole("button", { name: "Move down: City is “Wien”" }).press("Enter");
  await words("City is “Wien” or Country is “AT”");
  expect(await focused()).toBe("Move down: City is “Wien”");
  await page.keyboard.press("Enter");
  await words("Country is “AT” or City is “Wien”");
  await page.getByRole("button", { name: "Duplicate: City is “Wien”" }).click();
  await words("Country is “AT” or City is “Wien” or City is “Wien”");
  expect(await focused()).toBe("Duplicate: City is “Wien”");
  await page.getByLabel("Value").last().fill("Graz");
  await page.keyboard.press("Alt+ArrowDown");
  await words("(Country is “AT” or City is “Wien”) and City is “Graz”");
  expect(await focused()).toBe("Move down: City is “Graz”");
  const end = page.getByRole("button", { name: "Move down: City is “Graz”" });
  expect(await end.getAttribute("aria-disabled")).toBe("true");
  await expectPresentable(page, "condition-moved");
});

test("rows are dragged with the mouse, past each other, into groups and out, and not where they cannot be", async () => {
  const { page } = on;
  await page.setViewportSize({ width: 1360, height: 1250 });
  const condition = {
    all: [
      { fact: "field", name: "city", op: "eq", value: "Wien" },
      { fact: "field", name: "zip", op: "eq", value: "1010" },
      { any: [{ fact: "field", name: "countryCode", op: "eq", value: "AT" }] },
    ],
  };
  await visit(page, `/segments/new?filter=${encodeURIComponent(JSON.stringify(condition))}`);
  const words = (text: string) => page.getByText(`In words: ${text}.`, { exact: true }).waitFor();
  const row = (name: string) => page.locator(".condition-row").filter({ has: page.locator(`input[value="${name}"]`) });
  const handle = (name: string) => row(name).locator(".condition-handle");
  const below = async (name: string) => {
    const { height = 0 } = (await row(name).boundingBox()) ?? {};
    return { targetPosition: { x: 60, y: height - 6 }, steps: 5 };
  };
  await words("City is “Wien” and Postcode is “1010” and Country is “AT”");
  await handle("Wien").dragTo(row("1010"), await below("1010"));
  await words("Postcode is “1010” and City is “Wien” and Country is “AT”");
  await handle("1010").dragTo(row("AT"), await below("AT"));
  await words("City is “Wien” and (Country is “AT” or Postcode is “1010”)");
  await page
    .locator(".condition-group .condition-group .condition-handle")
    .first()
    .dragTo(row("Wien"), {
      targetPosition: { x: 60, y: 4 },
      steps: 5,
    });
  await words("(Country is “AT” or Postcode is “1010”) and City is “Wien”");
  await handle("AT").hover();
  await page.mouse.down();
  const { x = 0, y = 0 } = (await row("Wien").boundingBox()) ?? {};
  let moves = 0;
  const shown = async () => {
    moves += 1;
    await page.mouse.move(x + 60 + (moves % 5), y + 5);
    return page.locator(".condition-place[data-drop=before]").count();
  };
  await expect.poll(shown).toBe(1);
  await shoot(page, "condition-dragged");
  await page.mouse.up();
  await words("Postcode is “1010” and Country is “AT” and City is “Wien”");
  const group = page.locator(".condition-group .condition-group .condition-handle").first();
  await group.dragTo(row("1010"), await below("1010"));
  await words("Postcode is “1010” and Country is “AT” and City is “Wien”");
  await expectPresentable(page, "condition-draggable");
});

test("a part that cannot be fetched says so, leaves the page as it is, and comes with another attempt", async () => {
  const { page } = on;
  const url = /\/assets\/json-dialog-/;
  await page.route(url, (route) => route.abort());
  await visit(page, "/segments/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Kept");
  await page.getByRole("button", { name: "Edit as JSON" }).click();
  await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
  expect(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue()).toBe("Kept");
  await page.unroute(url);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Condition" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue()).toBe("Kept");
  // The browser says so too.
  expect(on.complaints.splice(0)).toEqual([expect.stringContaining("unreachable")]);
});

test("values that are there are suggested with how often, and others can be written", async () => {
  const { page } = on;
  await visit(page, "/segments/new");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("menuitem", { name: "Field" }).click();
  const value = page.getByLabel("Value");
  await value.fill("at");
  const offered = page.locator("datalist option[value=AT]");
  await offered.waitFor({ state: "attached" });
  expect(figure(await offered.textContent())).toBeGreaterThan(0);
  await value.fill("AT");
  await page
    .getByText(/Country is “AT”/)
    .first()
    .waitFor();
  await shoot(page, "suggested-values");
  await value.fill("Nowhere");
  await page
    .getByText(/Country is “Nowhere”/)
    .first()
    .waitFor();
});
