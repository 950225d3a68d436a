// Signing in on a platform's own page and coming back, to a static site under a path of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { hostSite, launch, open, startSandbox } from "./support.mjs";

const PATH = "/some where/deep/";

let browser;
let sandbox;
let site;

before(async () => {
  browser = await launch();
  site = await hostSite(PATH);
  sandbox = await startSandbox("--hexoskin-rate", 0, "--relay-origin", site.origin);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
  await site?.stop();
});

/** The form, filled in for one of the ways that leave the page. */
async function begin(way, client) {
  // A link to a platform loads no demo, and begins with the form.
  const page = await open(browser, `${site.url}#platform=hexoskin`, { allowed: [site.url, sandbox.url] });
  await page.addInitScript(() => {
    // What is there before anything of the page runs.
    globalThis.keptAtFirst = JSON.stringify({ ...sessionStorage });
  });
  await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: "Hexoskin" }).click();
  await page.getByRole("group", { name: "Kind of credentials" }).getByRole("button", { name: way, exact: true }).click();
  await page.getByText(`Redirect URI to register there: ${site.url}`).waitFor();
  await page.getByLabel("API URL").fill(`${sandbox.url}hexoskin`);
  await page.getByLabel("Client id").fill(client);
  await page.getByRole("button", { name: "Sign in there" }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
  return page;
}

/** What the tab keeps, and what it kept when it came back. */
async function assertNothingStays(page, verifier) {
  const { address, kept, first, history } = await page.evaluate(() => ({
    address: location.href,
    kept: [{ ...localStorage }, { ...sessionStorage }, document.cookie],
    first: JSON.parse(globalThis.keptAtFirst),
    history: JSON.stringify(window.history.state),
  }));
  assert.deepEqual(kept, [{}, {}, ""], "both texts are gone after their one use");
  assert.deepEqual(Object.keys(first), ["streamscope.sign-in"]);
  const { state, ...rest } = JSON.parse(first["streamscope.sign-in"]);
  assert.ok(state.length >= 43);
  assert.equal(/^[\w-]{43}$/.test(rest.verifier), verifier);
  assert.deepEqual(Object.keys(rest), ["verifier"]);
  assert.ok(address.startsWith(site.url) && !/code=|state=|access_token|[?]/.test(address), address);
  assert.ok(!/code|token/.test(history));
}

async function assertConnected(page) {
  await page.getByRole("button", { name: "Connection…" }).waitFor({ timeout: 30_000 });
  await page.getByText("Ada Demo").first().waitFor();
}

/** A static site has no sandbox's list of demos, which the browser tells on the console by itself. */
async function close(page) {
  assert.deepEqual(page.mistakes.filter((mistake) => !mistake.includes("404")), []);
  await page.context().close();
}

test("authorization code with S256 PKCE", async () => {
  const page = await begin("OAuth2 sign-in", "demo-hexo-public");
  const asked = new URL(page.url()).searchParams;
  assert.deepEqual([asked.get("response_type"), asked.get("code_challenge_method")], ["code", "S256"]);
  assert.equal(asked.get("redirect_uri"), site.url);
  assert.match(asked.get("code_challenge"), /^[\w-]{43}$/);
  await page.getByRole("button", { name: "Allow" }).click();
  await assertConnected(page);
  await assertNothingStays(page, true);
  await close(page);
});

test("implicit, named as the older way", async () => {
  const page = await begin("OAuth2 implicit (older)", "demo-hexo-implicit");
  assert.equal(new URL(page.url()).searchParams.get("response_type"), "token");
  await page.getByRole("button", { name: "Allow" }).click();
  await assertConnected(page);
  await assertNothingStays(page, false);
  await close(page);
});

test("who says no is told so, and an address from elsewhere is refused", async () => {
  const page = await begin("OAuth2 sign-in", "demo-hexo-public");
  await page.getByRole("button", { name: "Deny" }).click();
  await page.getByRole("alert").filter({ hasText: "access_denied" }).waitFor();
  await page.goto(`${site.url}?code=stolen&state=made-up`);
  await page.getByRole("alert").filter({ hasText: "this tab did not begin" }).waitFor();
  assert.equal(page.url().split("#")[0], site.url);
  const again = await begin("OAuth2 sign-in", "demo-hexo-public");
  await again.goto(`${site.url}?code=stolen&state=made-up`);
  await again.getByRole("alert").filter({ hasText: "may come from someone else" }).waitFor();
  assert.deepEqual(await again.evaluate(() => ({ ...sessionStorage })), {});
  await page.context().close();
  await again.context().close();
});
