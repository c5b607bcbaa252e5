// The single file works from file://, under its own policy, without a server or a network.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { close, launch, ready, serve, site, stepNow } from "./support.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test("the single file trains from file://, offline", async () => {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (e) => page.faults.push(e.message));
  page.on("console", (m) => m.type() === "error" && page.faults.push(m.text()));
  page.on("request", (r) => /^https?:/.test(r.url()) && page.faults.push(r.url()));
  await page.goto(`${pathToFileURL(join(site, "playground.html"))}#data=xor&points=60&layers=3&step=5&epochs=100`);
  await ready(page);
  assert.equal(await stepNow(page), 5);
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 6);
  await close(page);
  await context.close();
});

test("both policies are strict: no inline script, no eval, nothing from elsewhere", async () => {
  const policy = (file) => /Content-Security-Policy" content="([^"]*)"/.exec(readFileSync(join(site, file), "utf8"))[1];
  for (const file of ["playground/index.html", "playground.html"]) {
    const text = policy(file);
    assert.match(text, /default-src 'none'/);
    assert.doesNotMatch(text, /unsafe-inline|'unsafe-eval'|https?:|\*/);
  }
  assert.match(policy("playground.html"), /script-src 'sha256-[^']+' 'wasm-unsafe-eval'/);
  const server = await serve();
  const page = await browser.newPage();
  await page.goto(server.address);
  await ready(page);
  assert.equal(await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.head.append(script);
    return window.injected;
  }), undefined);
  await page.close();
  await server.close();
});
