// A tour with marked secrets through every platform's ways to sign in: they are looked for wherever a page could leave them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { assertNone, kept, memory, showMemory, watched } from "./secrets.mjs";
import { hostSite, launch, startSandbox } from "./support.mjs";

/** Some with every character that a header takes and an address or JSON does not. */
const marked = (number) => `m4rked+/="&<'>\\%${number}`;

let browser;
let site;

/** Where the page begins with its form: a link to a platform loads no demo. */
const form = () => `${site.url}#platform=rune`;

before(async () => {
  [browser, site] = await Promise.all([launch(), hostSite("/")]);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A server that refuses everything and says back all that it was sent, in every spelling. */
async function echo() {
  const server = createServer((request, response) => {
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
      "access-control-allow-methods": "*",
      "content-type": "application/json",
    };
    if (request.method === "OPTIONS") return response.writeHead(204, headers).end();
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const fields = [...new URLSearchParams(body).values()].join(" ");
      const said = `${request.url} ${Object.values(request.headers).join(" ")} ${body} ${fields}`;
      const message = [said, encodeURIComponent(said), Buffer.from(said).toString("base64"), said.toUpperCase()].join(" | ");
      response.writeHead(401, headers).end(JSON.stringify({ error: { message }, error_description: message }));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

test("a refused secret stays in its field, whatever the server says back", async (t) => {
  const server = await echo();
  t.after(server.stop);
  const names = async (group) => {
    await group.getByRole("button").first().waitFor();
    return group.getByRole("button").allInnerTexts();
  };
  let attempts = 0;
  const first = await watched(browser, form());
  const platforms = await names(first.getByRole("group", { name: "Platform" }));
  await first.context().close();
  for (const platform of platforms.filter((name) => name !== "Files")) {
    const page = await watched(browser, form());
    await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: platform }).click();
    const kinds = page.getByRole("group", { name: /^Kind of/ });
    await page.locator("form.connect .field input").first().waitFor();
    const ways = (await kinds.count()) ? await names(kinds) : [""];
    const secrets = [];
    for (const way of ways) {
      if (way) await kinds.getByRole("button", { name: way, exact: true }).click();
      const submit = page.locator("form.connect button[type=submit]");
      if ((await submit.innerText()) === "Sign in there") continue;
      for (const field of await page.locator("form.connect .field :is(input, textarea)").all()) {
        const label = await page.locator(`label[for="${await field.getAttribute("id")}"]`).innerText();
        const isSecret = (await field.getAttribute("type")) === "password";
        const secret = marked(`${platform}${attempts}${secrets.length}`);
        if (isSecret) await field.fill((secrets.push(secret), secret));
        else if (label === "Headers") await field.fill((secrets.push(secret), `X-Own: ${secret}`));
        else if (/URL|Server/.test(label)) await field.fill(server.url);
        else if (label === "Domain") await field.fill("");
        else if (label !== "Scope") await field.fill("somebody");
      }
      attempts += 1;
      await submit.click();
      await page.locator("form.connect button[type=submit]:not([disabled])").waitFor({ timeout: 60_000 });
      await page.locator("form.connect [role=alert], form.connect .failed").first().waitFor();
      assertNone(secrets, await kept(page));
    }
    assert.ok(secrets.length > 0, platform);
    await page.context().close();
  }
  assert.ok(attempts >= 10, `${attempts} ways were tried`);
});

/** Whether an element comes within some seconds. */
const appears = (element) => element.waitFor({ timeout: 8_000 }).then(() => true, () => false);

const CONNECTIONS = {
  Rune: ({ url }, { access_token_id, access_token_secret }) => ({
    fields: { "Access token ID": access_token_id, "Graph URL": url, "Stream URL": url },
    secrets: { "Access token secret": access_token_secret },
  }),
  Joule: ({ relayed }, { api_key }) => ({ fields: { "Node URL": relayed }, secrets: { "API key": api_key } }),
  Hexoskin: ({ url }, { api_key: key, api_secret: secret, username: user, password }) => ({
    fields: { "API URL": `${url}hexoskin`, "API key": key, User: user },
    secrets: { "API secret": secret, Password: password },
  }),
  Braincube: ({ url }, { api_key }) => ({
    fields: { "SSO base URL": `${url}braincube`, "Braincube base URL": `${url}braincube` },
    secrets: { "Personal access token": api_key },
  }),
};

for (const [platform, fill] of Object.entries(CONNECTIONS))
  test(`${platform}: what a person types to connect is nowhere else, and gone after disconnecting`, async (t) => {
    const node = await startSandbox("--hexoskin-rate", 0, "--relay-origin", site.origin);
    t.after(node.stop);
    const relay = await startSandbox("--relay", `lab=${node.url}joule`, "--relay-origin", site.origin);
    t.after(relay.stop);
    const { platforms } = await node.get("/sandbox/info.json");
    const { fields, secrets } = fill({ url: node.url, relayed: `${relay.url}relay/lab` }, platforms[platform.toLowerCase()].credentials);
    const typed = Object.values(secrets);
    const page = await watched(browser, "about:blank", { acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
    await showMemory(page);
    await page.goto(form());
    await page.getByRole("group", { name: "Platform" }).getByRole("button", { name: platform }).click();
    for (const [label, text] of Object.entries({ ...fields, ...secrets })) await page.getByLabel(label, { exact: true }).fill(text);
    await page.locator("form.connect button[type=submit]").click();
    await page.getByRole("listbox", { name: "Streams" }).or(page.getByRole("tree")).first().waitFor({ timeout: 60_000 });
    // The first subject may have no streams of its own: those that lie in it are looked at then.
    const stream = page.getByRole("listbox", { name: "Streams" }).getByRole("option").first();
    for (let tries = 2; tries < 6 && !(await appears(stream)); tries += 1) await page.getByRole("treeitem").nth(tries).click();
    await stream.click();

    const places = {};
    for (const view of ["Timeline", "Day profile", "Availability"]) {
      await page.getByRole("tab", { name: view }).click();
      await page.locator("main canvas").first().waitFor();
      await page.waitForLoadState("networkidle");
      for (const language of ["Python", "JavaScript", "curl"]) {
        const button = page.getByRole("group", { name: "Language" }).getByRole("button", { name: language });
        if (!(await button.count())) continue;
        await button.click();
        await page.getByRole("button", { name: /^Copy the request/ }).click();
        places[`${view}, ${language}`] = await page.evaluate(() => navigator.clipboard.readText());
      }
      for (const format of ["CSV", "PNG"]) {
        const download = page.waitForEvent("download", { timeout: 60_000 }).catch(() => undefined);
        await page.getByRole("button", { name: format, exact: true }).click();
        // The first stream may have no rows: then words say so.
        const said = page.locator(".export-note").filter({ hasText: /Saved|Nothing was saved/ });
        await said.waitFor({ timeout: 60_000 });
        const words = await said.innerText();
        places[`${view}, ${format}`] = words.includes("Nothing") ? words : await readFile(await (await download).path(), "latin1");
      }
      assertNone(typed, await kept(page));
    }
    assert.ok(Object.keys(places).length >= 9, Object.keys(places).join());
    assertNone(typed, places);

    await page.getByRole("button", { name: "Connection…" }).click();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("group", { name: "Platform" }).waitFor();
    await page.waitForTimeout(500);
    const fieldsLeft = await page.locator("form.connect input").evaluateAll((inputs) => inputs.map((input) => input.value).join("\n"));
    assertNone(typed, { ...(await kept(page)), fieldsLeft, ...(await memory(page)) });
    await page.context().close();
  });
