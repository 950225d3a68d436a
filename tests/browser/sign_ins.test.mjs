// Every way to sign in, and out again: what was typed, and every token that came of it, is in no place of the page any more,
// nor in its memory.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertNone, kept, memory, showMemory, watched } from "./secrets.mjs";
import { hostSite, launch, startSandbox } from "./support.mjs";

let browser;
let site;
let sandbox;

before(async () => {
  [browser, site] = await Promise.all([launch(), hostSite("/")]);
  sandbox = await startSandbox("--hexoskin-rate", 0, "--relay-origin", site.origin);
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
  await site?.stop();
});

/** An access token of the garment's server, as another program gets it. */
async function token() {
  const body = new URLSearchParams({ grant_type: "password", username: "demo@example.org", password: "demo-password", scope: "readonly" });
  const authorization = `Basic ${btoa("demo-hexo-password:demo-hexo-password-secret")}`;
  const answer = await fetch(new URL("/hexoskin/api/connect/oauth2/token/", sandbox.url), { method: "POST", body, headers: { authorization } });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const rune = (url) => ({ "Graph URL": url, "Stream URL": url });
const garment = (url) => ({ "API URL": `${url}hexoskin` });
const cube = (url) => ({ "SSO base URL": `${url}braincube`, "Braincube base URL": `${url}braincube` });
const LOGIN = { User: "demo@example.org", Password: "demo-password" };

/** What is typed, by the labels of the fields; what of it is secret. */
const WAYS = {
  Rune: {
    "Access token": (url) => [{ ...rune(url), "Access token ID": "demo" }, { "Access token secret": "demo-secret" }],
    "Client key": (url) => [{ ...rune(url), "Client key ID": "demo-client" }, { "Client access key": "demo-client-secret" }],
    JWT: (url) => [rune(url), { JWT: "demo-jwt" }],
    "Refresh token": (url) => [
      { ...rune(url), "Cognito client ID": "demo-cognito-client", "Cognito URL (empty: AWS, us-west-2)": `${url}cognito/` },
      { "Cognito refresh token": "demo-refresh-token" },
    ],
    Headers: (url) => [rune(url), { Headers: "X-Rune-User-Access-Token: demo-jwt" }],
  },
  Joule: { "": (url) => [{ "Node URL": `${url}joule` }, { "API key": "demo-joule-key" }] },
  Hexoskin: {
    "API key": (url) => [{ ...garment(url), "API key": "demo-hexo", User: LOGIN.User }, { "API secret": "demo-hexo-secret", Password: LOGIN.Password }],
    "OAuth2 sign-in": (url) => [{ ...garment(url), "Client id": "demo-hexo-public" }, {}],
    "OAuth2 implicit (older)": (url) => [{ ...garment(url), "Client id": "demo-hexo-implicit" }, {}],
    "OAuth2 password": (url) => [
      { ...garment(url), "Client id": "demo-hexo-password", User: LOGIN.User },
      { "Client secret": "demo-hexo-password-secret", Password: LOGIN.Password },
    ],
    "OAuth2 token": async (url) => {
      const { access_token, refresh_token } = await token();
      return [{ ...garment(url), "Client id": "demo-hexo-password" }, { "Access token": access_token, "Refresh token": refresh_token }];
    },
    Password: (url) => [{ ...garment(url), User: LOGIN.User }, { Password: LOGIN.Password }],
  },
  Braincube: {
    "Access token": (url) => [cube(url), { "Personal access token": "demo-braincube" }],
    "OAuth2 token": (url) => [cube(url), { "OAuth2 token": "demo-braincube-oauth2" }],
  },
};

/** Ways that are tried elsewhere, and where. */
const ELSEWHERE = { "Hexoskin, OAuth1 token": "its token takes a sign-in by hand; the package's tests have it" };

/** Values of an answer that are called tokens. */
function tokens(text) {
  const found = [];
  try {
    JSON.parse(text, (name, value) => (/token$/i.test(name) && typeof value === "string" && found.push(value), value));
  } catch {
    // No JSON, no tokens.
  }
  return found.filter((token) => token.length >= 8);
}

for (const [platform, ways] of Object.entries(WAYS))
  for (const [way, fill] of Object.entries(ways))
    test(`${platform}${way && `, ${way}`}: gone after disconnecting`, async () => {
      const [fields, secrets] = await fill(sandbox.url);
      const marked = Object.values(secrets).map((text) => text.split(" ").at(-1));
      const page = await watched(browser, "about:blank", { allowed: [site.url, sandbox.url] });
      const answers = [];
      page.on("response", (response) => answers.push(response.text().catch(() => "")));
      await showMemory(page);
      await page.goto(`${site.url}#platform=rune`);
      await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: platform }).click();
      if (way) await page.getByRole("group", { name: "Kind of credentials" }).getByRole("button", { name: way, exact: true }).click();
      for (const [label, text] of Object.entries({ ...fields, ...secrets })) await page.getByLabel(label, { exact: true }).fill(text);
      await page.locator("form.connect button[type=submit]").click();
      const allow = page.getByRole("button", { name: "Allow" });
      const open = page.getByRole("button", { name: "Connection…" });
      await allow.or(open).first().waitFor();
      if (await allow.isVisible()) {
        await allow.click();
        // What came back in the address is a secret until it is exchanged, and the token that it is exchanged for.
        page.on("request", (request) => marked.push(...(request.postData()?.match(/\bcode=([^&]+)/)?.slice(1) ?? [])));
      }
      await page.getByRole("listbox", { name: "Streams" }).or(page.getByRole("tree")).first().waitFor({ timeout: 60_000 });
      await page.waitForLoadState("networkidle");
      marked.push(...(await Promise.all(answers)).flatMap(tokens));
      const places = await kept(page);
      // An older way sends the token in an address, which only the browser sees: it is taken out at once.
      delete places.addresses;
      assertNone(marked, places);
      await open.click();
      await page.getByRole("button", { name: "Disconnect" }).click();
      const asked = [];
      page.on("request", (request) => request.url().startsWith(sandbox.url) && asked.push(request.url()));
      await page.getByRole("group", { name: "Platform" }).waitFor();
      await page.waitForTimeout(300);
      const fieldsLeft = await page.locator("form.connect :is(input, textarea)").evaluateAll((all) => all.map((one) => one.value).join("\n"));
      assertNone(marked, { ...(await kept(page)), addresses: "", fieldsLeft, ...(await memory(page)) });
      assert.deepEqual(asked, [], "nothing is asked for any more");
      await page.context().close();
    });

test("no way is forgotten", async () => {
  const page = await watched(browser, `${site.url}#platform=rune`);
  const names = async (group) => ((await group.count()) ? group.getByRole("button").allInnerTexts() : [""]);
  const platforms = page.getByRole("group", { name: "Platform" });
  await platforms.waitFor();
  for (const platform of (await names(platforms)).filter((name) => name !== "Files")) {
    await platforms.getByRole("button", { name: platform }).click();
    await page.locator("form.connect .field input").first().waitFor();
    for (const way of await names(page.getByRole("group", { name: "Kind of credentials" })))
      assert.ok(WAYS[platform][way] ?? ELSEWHERE[`${platform}, ${way}`], `${platform}, ${way}`);
  }
  await page.context().close();
});
