// What the browser tests share: the built page on a server of this process, Debian's Chromium, and waiting for the run.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const top = resolve(here, "../..");
// The page's own packages, wherever the tests are started from.
const require = createRequire(join(top, "examples/playground/page/package.json"));
const { chromium } = require("playwright-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const site = resolve(process.env.XGRAD_SITE ?? join(top, "build/site"));

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".wasm": "application/wasm" };

/** A static host of build/site, at a free port. `withoutCsp` gives index.html without its policy, for tools that are injected. */
export async function serve({ withoutCsp = false } = {}) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = join(site, normalize(path.endsWith("/") ? `${path}index.html` : path));
    try {
      if (!file.startsWith(site) || !statSync(file).isFile()) throw new Error("not there");
      let body = readFileSync(file);
      if (withoutCsp && file.endsWith(".html")) body = String(body).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${server.address().port}/playground/`, close: () => new Promise((done) => server.close(done)) };
}

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** A page with the run open. Errors of the page and requests to anywhere else are gathered, and looked at by `close`. */
export async function open(browser, address, options = {}) {
  const { hash = "", ...context } = options;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
  const faults = [];
  page.on("pageerror", (e) => faults.push(e.message));
  page.on("console", (m) => m.type() === "error" && faults.push(m.text()));
  page.on("request", (r) => {
    const url = r.url();
    if (/^https?:/.test(url) && !url.startsWith(new URL(address).origin)) faults.push(`a request to ${url}`);
  });
  page.faults = faults;
  await page.goto(address + hash);
  await ready(page);
  return page;
}

export async function close(page) {
  assert.deepEqual(page.faults, [], "errors or foreign requests of the page");
  await page.close();
}

/** The run is open, and stands still with everything drawn. */
export async function ready(page) {
  await page.waitForFunction(() => document.body.dataset.status === "paused" && document.body.dataset.pending === "0" && document.querySelector("#command")?.textContent !== "", null, { timeout: 60_000 });
}

export const text = async (page, selector) => (await page.locator(selector).textContent()).trim();

/** What the bar says: {epoch, step, rate, cost, "dev accuracy"}. */
export const readout = (page) => page.evaluate(() => Object.fromEntries(
  [...document.querySelectorAll(".readout > div")].map((d) => [d.querySelector("dt").textContent, d.querySelector("dd").textContent])));

export const stepNow = async (page) => Number((await readout(page)).step.replaceAll(",", ""));
export const percentOf = (text) => Number(text.replace(" %", ""));

/** Runs until the page stops by itself. */
export async function runToEnd(page, seconds = 120) {
  await page.click("#run");
  await page.waitForFunction(() => document.body.dataset.status === "running", null, { timeout: 5_000 }).catch(() => {});
  await page.waitForFunction(() => document.body.dataset.status === "paused", null, { timeout: seconds * 1000 });
}

export async function choose(page, selector, value) {
  await page.selectOption(selector, value);
  await ready(page);
}

export async function set(page, selector, value) {
  await page.fill(selector, String(value));
  await page.locator(selector).blur();
  await ready(page);
}
