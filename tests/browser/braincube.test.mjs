// A mill's memory bases in the explorer: row filters, thousands of variables, states, and rows in an order that is no time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, sandbox, served } from "./scene.mjs";
import { assertDrawn, open } from "./support.mjs";

const MACHINE = "Paper%20mill/20";
const [SPEED, MOISTURE, GRADE] = ["mb20/d2000002", "mb20/d2000004", "mb20/d2000013"];
const MONTH = "from=2024-03-01T00:00:00Z&to=2024-03-31T00:00:00Z";

function visit(subject, streams, { view = "timeline", range = MONTH, ...context } = {}) {
  const selected = streams.map((stream) => `&stream=${encodeURIComponent(stream)}`).join("");
  const selection = `subject=${encodeURIComponent(subject)}${selected}&${range}&zone=UTC&platform=braincube`;
  return open(browser, `${sandbox.url}#view=${view}&${selection}`, context);
}

async function close(page) {
  assert.deepEqual(page.mistakes, []);
  await page.context().close();
}

/** The cells of columns of the paper machine, as the server sends them without a filter. */
async function columns(ids) {
  const body = JSON.stringify({ order: "mb20/d2000001", definitions: ids, context: { dataSource: "mb20" } });
  const headers = { "X-api-key": "demo-braincube", "Content-Type": "application/json" };
  const url = `${sandbox.api}braincube/braincube/Paper%20mill/braindata/mb20/LF`;
  const { datadefs } = await (await fetch(url, { method: "POST", headers, body })).json();
  return ids.map((id) => datadefs.find((column) => column.id === id).data);
}

/** How many rows of the month a test of speed, moisture and grade leaves. */
async function count(fits) {
  const [speeds, moistures, grades] = await columns([SPEED, MOISTURE, GRADE]);
  return speeds.filter((speed, row) => fits(Number(speed), Number(moistures[row]), grades[row])).length;
}

const rows = (page, number) => page.getByText(`${number.toLocaleString("en-US")} rows`, { exact: true });
const conditions = (page) => page.getByRole("group", { name: "Condition", exact: true });
const editor = (page) => page.getByRole("form", { name: "Edit the row filter" });
const said = (page) => page.locator("section.track").first().getByText(/^Only rows where/);

test("an event becomes a filter, a condition of it is changed, the link reopens it, and clearing gives all rows back", async () => {
  const kraft = (speed, moisture, grade) => ["Kraft 80", "Kraft 110"].includes(grade) && moisture >= 6.2 && moisture <= 7.9 && speed > 700;
  const page = await visit(MACHINE, [SPEED]);
  await rows(page, 43_200).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Filter rows…" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Add a stored filter").selectOption({ label: "Stable kraft" });
  assert.equal(await conditions(page).count(), 4);
  await editor(page).getByRole("button", { name: "Apply" }).click();
  const stable = await count(kraft);
  assert.ok(stable > 0 && stable < 43_200);
  await rows(page, stable).waitFor();
  await said(page).waitFor();

  const speed = conditions(page).nth(2);
  assert.equal(await speed.getByLabel("Variable").inputValue(), "Machine speed, m/min");
  await speed.getByLabel("Value").fill("825");
  await page.keyboard.press("Enter");
  const fast = await count((speed, moisture, grade) => kraft(speed, moisture, grade) && speed > 825);
  assert.ok(fast > 0 && fast < stable);
  await rows(page, fast).waitFor();
  assert.match(await said(page).innerText(), /Machine speed, m\/min is greater than 825/);
  assert.match(await page.getByLabel("Request", { exact: true }).innerText(), /"GREAT": ?\["mb20\/d2000002", ?825\]/);

  await page.waitForURL(/filter=.*825/);
  const again = await open(browser, page.url(), { allowed: [sandbox.url] });
  await rows(again, fast).waitFor({ timeout: 60_000 });
  assert.equal(await said(again).innerText(), await said(page).innerText());
  for (const view of ["Availability", "Day profile"]) {
    await again.getByRole("tab", { name: view }).click();
    await again.locator("main .figure").getByText(/^Only rows where/).waitFor();
  }
  await close(again);

  await page.getByRole("button", { name: "Clear the row filter" }).click();
  await rows(page, 43_200).waitFor();
  assert.equal(await said(page).count(), 0);
  // The address follows when the person rests.
  await page.waitForURL((url) => !url.hash.includes("filter="));
  await close(page);
});

test("conditions are typed, nested and denied by hand; what is wrong is said beside its field before anything is asked", async () => {
  const page = await visit(MACHINE, [GRADE]);
  await rows(page, 43_200).waitFor({ timeout: 60_000 });
  let asked = 0;
  page.on("request", (request) => { asked += request.url().endsWith("/LF"); });
  await page.getByRole("button", { name: "Filter rows…" }).click();
  await page.getByLabel("Add a stored filter").waitFor();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await editor(page).getByRole("button", { name: "Apply" }).click();
  await conditions(page).getByText("Choose a variable.").waitFor();
  const first = conditions(page).first();
  await first.getByLabel("Variable").fill("Machine sped");
  await page.keyboard.press("Enter");
  await first.getByText("There is no variable \"Machine sped\" here: choose one from the list.").waitFor();
  await first.getByLabel("Variable").fill("machine speed, m/min");
  await first.getByLabel("Comparison").selectOption("is between");
  await first.getByLabel("From").fill("800");
  await first.getByLabel("To").fill("7oo");
  await page.keyboard.press("Enter");
  await first.getByText("Write a number, like 12.5.").waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "To");
  await first.getByLabel("To").fill("700");
  await page.keyboard.press("Enter");
  await first.getByText("The second value must not be below the first.").waitFor();
  assert.equal(asked, 0, "nothing was asked for");
  await first.getByLabel("To").fill("850");
  await first.getByLabel("not").check();

  await page.getByRole("button", { name: "Add a group" }).click();
  const group = page.getByRole("group", { name: "Group of conditions" });
  await group.getByLabel("How many must be met").selectOption("any of these");
  await group.getByRole("button", { name: "Add a condition" }).click();
  const [kraft, fluting] = [group.getByRole("group", { name: "Condition", exact: true }).nth(0), group.getByRole("group", { name: "Condition", exact: true }).nth(1)];
  for (const [condition, grade] of [[kraft, "Kraft 80"], [fluting, "Fluting 105"]]) {
    await condition.getByLabel("Variable").fill("Grade");
    assert.equal(await condition.getByLabel("Comparison").locator("option").count(), 1, "states have no order");
    await condition.getByLabel("Value").fill(grade);
  }
  await page.keyboard.press("Enter");
  const left = await count((speed, _, grade) => !(speed >= 800 && speed <= 850) && ["Kraft 80", "Fluting 105"].includes(grade));
  await rows(page, left).waitFor();
  await page.locator(".row-filter-words").getByText(
    "Only rows where not (Machine speed, m/min is between 800 and 850) and (Grade is Kraft 80 or Grade is Fluting 105)",
  ).waitFor();

  // Two variables of one name are told apart, and another subject has no use for this one's filter.
  await group.getByRole("button", { name: "Remove this condition" }).first().click();
  await conditions(page).nth(1).getByLabel("Variable").fill("dryer temp");
  const offered = await page.locator("#row-filter-names option").evaluateAll((all) => all.map((one) => one.value));
  assert.deepEqual(offered, ["Dryer temperature, °C (mb20/d2000019)", "Dryer temperature, °C (mb20/d2000020)"]);
  await page.getByRole("treeitem", { name: "Reels" }).click();
  await page.getByRole("button", { name: "Filter rows…" }).waitFor();
  await close(page);
});

test("platforms without filters show no editor, and a link that names one says so", async () => {
  const page = await open(browser, sandbox.url);
  await assertDrawn(page.locator("main canvas").first(), "the demo");
  assert.equal(await page.getByRole("region", { name: "Row filter" }).count(), 0);
  await page.waitForURL(/stream=/);
  await page.goto(`${page.url()}&filter=${encodeURIComponent('{"less":["a",1]}')}`);
  await page.getByText("rows are not filtered here").waitFor();
  await page.getByRole("button", { name: "Leave out" }).click();
  await page.getByText("rows are not filtered here").waitFor({ state: "detached" });
  await close(page);
});

test("thousands of variables are searched at once, by name and by data group, and typing stays quick", async () => {
  const page = await visit("Paper%20mill/24", []);
  const list = page.getByRole("listbox", { name: "Streams" });
  await list.getByRole("option").first().waitFor({ timeout: 60_000 });
  await page.getByText("2399 streams").waitFor();
  assert.ok((await list.getByRole("option").count()) < 100, "rows out of sight are not made");
  const search = page.getByRole("searchbox", { name: "Search streams" });
  await search.focus();
  // What a letter takes, until the page has drawn what it leaves.
  const times = await page.evaluate(async () => {
    const field = document.activeElement;
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const times = [];
    for (const text of ["d", "dr", "dry", "drye", "dryer", "dryers", "dryers t", "dryers te", "dryers tem", "dryers temp", "dryers"]) {
      await frame();
      const begun = performance.now();
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await frame();
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b);
  });
  assert.ok(times[times.length >> 1] < 60, `a letter takes ${times.map(Math.round)} ms`);
  await page.getByText("400 of 2399 streams").waitFor();
  await list.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Space");
  const chosen = list.locator("[aria-selected=true]");
  assert.equal(await chosen.getAttribute("aria-posinset"), "400");
  await page.waitForURL(/stream=mb24/);
  await search.fill("");
  await page.getByRole("navigation", { name: "Catalogue" }).getByText("Filters", { exact: true }).click();
  await page.getByRole("combobox", { name: "Data group" }).selectOption({ label: "Press (400)" });
  await page.getByText("400 of 2399 streams").waitFor();
  await close(page);
});

test("discrete variables are states, and rows in an order that is no time say so", async () => {
  const page = await visit(MACHINE, [GRADE]);
  const grade = page.locator(`section.track[data-stream="${GRADE}"]`);
  await rows(page, 43_200).waitFor({ timeout: 60_000 });
  await assertDrawn(grade.locator("canvas").first(), "the states");
  assert.equal(await grade.locator(".legend .swatch").count(), 0, "states have no line");
  await page.getByRole("tab", { name: "Availability" }).click();
  await page.getByText(/^Computed by this browser/).waitFor();
  await page.getByRole("tab", { name: "Day profile" }).click();
  await page.getByText(/Kraft 80/).first().waitFor();
  await close(page);
  const reels = await visit("Paper%20mill/21", ["mb21/d2100003"], { range: "from=2024-03-01T00:00:00Z&to=2024-04-01T00:00:00Z" });
  await reels.getByText(/Rows are in the order of mb21\/d2100001, which is not a time/).waitFor({ timeout: 60_000 });
  await rows(reels, 900).waitFor();
  await close(reels);
});

served("the official client's file is dropped into the form, on one line or many, and what no page can do is refused", async () => {
  const page = await open(browser, sandbox.url);
  await page.getByRole("button", { name: "Connection…" }).click();
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Braincube" }).click();
  await page.getByText("Use the official client's configuration").click();
  const url = `${sandbox.url}braincube`;
  const settings = { sso_base_url: url, braincube_base_url: url, client_id: "ignored", verify: true, api_key: "demo-braincube" };
  const drop = (text) =>
    page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], "config.json", { type: "application/json" }));
      const at = document.querySelector("details[open] textarea");
      at.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, text);
  await drop(JSON.stringify({ ...settings, verify: false }));
  await page.getByText(/verify is false: certificates are always checked here/).waitFor();
  for (const text of [JSON.stringify(settings), JSON.stringify(settings, null, 4)]) {
    await page.getByLabel("Personal access token").fill("");
    await drop(text);
    await page.getByText("The form holds what the file says: Access token.").waitFor();
    await page.waitForFunction(() => document.querySelector("form.connect input[type=password]")?.value === "demo-braincube");
  }
  assert.equal(await page.getByLabel("Braincube base URL").inputValue(), url);
  await page.locator("form.connect button[type=submit]").click();
  await page.getByRole("listbox", { name: "Streams" }).getByRole("option").first().waitFor({ timeout: 60_000 });
  await close(page);
});
