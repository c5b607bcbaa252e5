// One's own tables, good and bad; addresses, history, reload; a page without a network.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, close, launch, open, readout, ready, serve, stepNow, text } from "./support.mjs";

let browser, server;
before(async () => { browser = await launch(); server = await serve(); });
after(async () => { await browser.close(); await server.close(); });

async function use(page, table) {
  await page.selectOption("#set", "own table");
  await page.fill("#table", table);
  await page.click("#use-table");
}

const rows = (n, noise = 0) => Array.from({ length: n }, (_, i) => `${i % 7},${(i * 3) % 5},${(i + noise) % 2 ? "yes" : "no"}`).join("\n");

test("a good table is trained on, with its names", async () => {
  const page = await open(browser, server.address);
  await use(page, `width,height,kind\n${rows(60)}\n`);
  await page.waitForFunction(() => /data\.csv/.test(document.querySelector("#command").textContent));
  await ready(page);
  assert.match(await text(page, "#map + *, .legend >> nth=0"), /./);
  assert.match(await page.textContent("#map-text"), /width from .* class no on .* class yes on/s);
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  assert.match(page.url(), /table=/);
  const again = await open(browser, server.address, { hash: new URL(page.url()).hash });
  assert.match(await again.textContent("#map-text"), /width from/);
  await close(again);
  await close(page);
});

test("more than two features: two of them span the map", async () => {
  const page = await open(browser, server.address);
  await use(page, `a,b,c,kind\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 3},${i % 5},${i % 2 ? "x" : "y"}`).join("\n")}\n`);
  await page.waitForSelector("#axis-0:visible");
  await ready(page);
  await choose(page, "#axis-1", "2");
  assert.match(await page.textContent("#map-text"), /a from .* and c from/);
  await close(page);
});

const bad = {
  "an empty one": ["", /empty/],
  "text": ["this is no table at all", /./],
  "a ragged one": ["a,b,kind\n1,2,x\n1,2,y,9\n", /:3:.*(cells|columns)/],
  "one row": ["a,b,kind\n1,2,x\n", /./],
  "a NaN": [`a,b,kind\n${rows(20)}\nnan,1,yes\n`, /./],
  "a missing value": [`a,b,kind\n${rows(20)}\n,1,yes\n`, /missing|no value/],
  "one class alone": ["a,b,kind\n1,2,x\n2,3,x\n3,4,x\n5,6,x\n7,8,x\n", /one class/],
};
for (const [name, [table, sentence]] of Object.entries(bad))
  test(`a bad table is refused in a sentence: ${name}`, async () => {
    const page = await open(browser, server.address);
    await use(page, table);
    await page.waitForFunction(() => document.querySelector("#table-error").textContent !== "");
    assert.match(await text(page, "#table-error"), sentence);
    await page.click("#step");
    await ready(page);
    assert.equal(await stepNow(page), 1, "the former run is still there");
    await close(page);
  });

test("100,000 rows: read, or refused in a sentence, and the page answers", async () => {
  const page = await open(browser, server.address);
  await page.selectOption("#set", "own table");
  await page.setInputFiles("#table-file", { name: "big.csv", mimeType: "text/csv", buffer: Buffer.from(`a,b,kind\n${rows(100_000)}\n`) });
  await page.waitForFunction(() => /data\.csv/.test(document.querySelector("#command").textContent) || document.querySelector("#table-error").textContent !== "", null, { timeout: 60_000 });
  await ready(page);
  assert.ok(!page.url().includes("table="), "too long for a link");
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  await close(page);
});

test("an address is a whole moment: there and back", async () => {
  const hash = "#data=circles&points=80&noise=0.05&layers=4,3:relu&optimizer=adam&lr=0.02&schedule=cosine&batch=16&l2=0.001&epochs=40&seed=5&step=23&panel=equations";
  const page = await open(browser, server.address, { hash });
  assert.equal(await stepNow(page), 23);
  assert.equal(await page.getAttribute("#tab-equations", "aria-selected"), "true");
  const sorted = (h) => [...new URLSearchParams(h.slice(1))].sort().join("&");
  assert.equal(sorted(new URL(page.url()).hash), sorted(hash));
  await close(page);
});

test("an address that is refused says so, and leaves a page that works", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=3" });
  assert.match(await text(page, '[data-kind="error"] p'), /points/);
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  const odd = await open(browser, server.address, { hash: "#nonsense=1&step=x&then=%7C%7C&dots=,,;;&weights=a" });
  await odd.waitForSelector('[data-kind="error"]');
  await close(odd);
  await close(page);
});

test("reload in mid-run comes back to its step", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=4&epochs=100000" });
  await page.click("#run");
  await page.waitForFunction(() => /step=\d{2,}/.test(location.hash), null, { timeout: 20_000 });
  const step = await page.evaluate(() => { const s = /step=(\d+)/.exec(location.hash)[1]; location.reload(); return Number(s); });
  await page.waitForLoadState();
  await ready(page);
  assert.ok(await stepNow(page) >= step);
  await close(page);
});

test("the back button goes back to the former data and net", async () => {
  const page = await open(browser, server.address);
  await choose(page, "#set", "xor");
  await page.waitForFunction(() => location.hash.includes("data=xor"));
  await page.click("#fewer-layers");
  await page.waitForFunction(() => location.hash.includes("layers=8&"));
  await ready(page);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#command").textContent.includes("--layers 8,8"));
  assert.match(await text(page, "#command"), /^train xor/);
  await ready(page);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#command").textContent.startsWith("train moons"));
  await ready(page);
  await page.goForward();
  await page.waitForFunction(() => document.querySelector("#command").textContent.startsWith("train xor"));
  await close(page);
});

test("without a network, an open page goes on", async () => {
  const page = await open(browser, server.address);
  await page.context().setOffline(true);
  await choose(page, "#set", "spiral");
  await page.click("#step");
  await ready(page);
  assert.equal((await readout(page)).step, "1");
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""]);
  await close(page);
});
