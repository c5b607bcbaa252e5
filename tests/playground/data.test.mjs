// One's own tables, good and bad; addresses, history, reload; a page without a network.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { choose, close, launch, open, readout, ready, serve, set, stepNow, text } from "./support.mjs";

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
  await choose(page, "#axis-0", "2");
  assert.match(await page.textContent("#map-text"), /c from .* and a from/, "the same feature twice makes no plane: they change places");
  await close(page);
});

test("a table is read as its fields say: before it is used, and afterwards", async () => {
  const page = await open(browser, server.address);
  const command = () => text(page, "#command");
  // Semicolons, no line of names, classes by number in the first column, a code, a 0 that means nothing was measured.
  const line = (i) => `${1 + (i % 3)};${i % 7};${10 + (i % 2)};${i % 5 ? i % 5 : 0};same`;
  const table = Array.from({ length: 60 }, (_, i) => line(i)).join("\n");
  await page.selectOption("#set", "own table");
  await page.fill("#table", table);
  const fill = async (option, value) => {
    await page.fill(`#option-${option}`, value);
    await page.locator(`#option-${option}`).blur();
  };
  await fill("delimiter", ";");
  await page.check("#option-no-header");
  await fill("target", "x1");
  await fill("ignore", "x5");
  await fill("nominal", "x3");
  await fill("zero-is-missing", "x4");
  await page.selectOption("#option-missing", "mean");
  await page.selectOption("#option-problem", "classes");
  await page.selectOption("#option-standardize", "yes");
  assert.match(await command(), /^train moons/, "nothing has happened yet");
  await page.click("#use-table");
  await page.waitForFunction(() => document.querySelector("#command").textContent.includes("data.csv"));
  await ready(page);
  assert.deepEqual((await command()).split(" --").slice(1).filter((o) => !/^(layers|epochs)/.test(o)).sort(),
    ["delimiter ';'", "ignore x5", "missing mean", "no-header", "nominal x3", "problem classes", "standardize yes", "target x1", "zero-is-missing x4"]);
  const features = () => page.evaluate(() => window.playground.session.opened.features);
  assert.deepEqual(await features(), ["x2", "x3=11", "x4"]);
  assert.deepEqual(await page.evaluate(() => window.playground.session.opened.classes), ["1", "2", "3"]);
  assert.equal(await page.evaluate(() => window.playground.session.opened.standardized), true);

  // Now that the table is the run's, a change of a field acts at once.
  await set(page, "#option-nominal", "");
  assert.deepEqual(await features(), ["x2", "x3", "x4"]);
  await set(page, "#option-ignore", "x5,x3");
  assert.deepEqual(await features(), ["x2", "x4"]);
  await choose(page, "#option-missing", "drop");
  assert.match(await command(), /--missing drop/);
  const count = () => page.evaluate(() => { const { train, dev } = window.playground.session.opened; return train.count + dev.count; });
  assert.equal(await count(), 48, "12 rows have no x4");
  await set(page, "#option-zero-is-missing", "");
  assert.equal(await count(), 60);
  await page.selectOption("#option-missing", "error");
  await page.fill("#option-target", "nosuch");
  await page.locator("#option-target").blur();
  await page.waitForSelector("#option-target[aria-invalid=true]");
  assert.match(await text(page, "#option-target-error"), /nosuch/);
  await set(page, "#option-target", "x1");
  await choose(page, "#option-standardize", "no");
  assert.match(await command(), /--standardize no/);

  // Another table with other options in one go; then a set by name, which has none of them.
  await page.fill("#table", `kind,a,b\n${Array.from({ length: 30 }, (_, i) => `${i % 2 ? "yes" : "no"},${i},${i % 4}`).join("\n")}`);
  await fill("delimiter", ",");
  await page.uncheck("#option-no-header");
  await fill("target", "kind");
  await fill("ignore", "");
  await page.selectOption("#option-problem", "binary");
  await page.click("#use-table");
  await page.waitForFunction(() => document.querySelector("#command").textContent.includes("--target kind"));
  await ready(page);
  assert.deepEqual(await features(), ["a", "b"]);
  await choose(page, "#set", "xor");
  assert.match(await command(), /^train xor --points 200 --layers/);
  await close(page);
});

test("a saved model holds its table: loaded elsewhere it is trained on, retuned, opened anew", async () => {
  const table = `kind;a;b;c\n${Array.from({ length: 40 }, (_, i) => `${i % 2};${i};${i % 5};x`).join("\n")}\n`;
  const page = await open(browser, server.address, { hash: `#table=${encodeURIComponent(table)}&delimiter=;&target=kind&ignore=c&layers=3&epochs=30&step=4` });
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#save-model")]);
  const other = await open(browser, server.address);
  await other.setInputFiles("#load-file", { name: "own.safetensors", mimeType: "application/octet-stream", buffer: readFileSync(await file.path()) });
  await other.waitForSelector('[data-kind="loaded"]');
  await ready(other);
  assert.equal(await text(other, "#command"), await text(page, "#command"));
  assert.equal(await other.inputValue("#table"), table);
  assert.match(await text(other, "#share"), /The weights come from a file/);
  await set(other, "#option-lr", 0.3);
  await other.click("#step");
  await ready(other);
  assert.equal(await stepNow(other), 5);
  assert.match(await text(other, "#command"), /--lr 0\.3/);
  await set(other, "#option-seed", 3);
  assert.equal(await stepNow(other), 0);
  assert.doesNotMatch(await text(other, "#share"), /The weights come from a file/, "they are new ones");
  await close(await open(browser, server.address, { hash: new URL(other.url()).hash }));
  await close(other);
  await close(page);
});

test("a table whose target is a number is refused in the page's words", async () => {
  const page = await open(browser, server.address);
  await use(page, `a,b,price\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 3},${i}.5`).join("\n")}\n`);
  await page.waitForFunction(() => document.querySelector("#table-error").textContent !== "");
  assert.equal(await text(page, "#table-error"), "Kind of classes: the page shows classes, and the target is a number; take “Kind of classes” classes");
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

const addresses = {
  "all that a set by name takes": "#data=spiral&points=90&noise=0.07&dev=0.3&seed=9&layers=4:sigmoid,3&activation=elu&init=he_normal&loss=mse&optimizer=nesterov" +
    "&momentum=0.7&lr=0.03&schedule=triangular2&cycle=5&lr-min=0.001&warm-up=4&batch=10&l2=0.001&l1=0.0002&weight-decay=0.003&clip-norm=4&clip-value=3" +
    "&epochs=40&until=99&patient=30&step=17&panel=matrices&then=3@lr:0.02~schedule:exp_range~gamma:0.99|9@batch:20~optimizer:adam",
  "a table and how it is read": "#table=" + encodeURIComponent(`kind;a;b;c\n${Array.from({ length: 40 }, (_, i) => `${i % 2};${i};${i % 5};x`).join("\n")}\n`) +
    "&delimiter=;&target=kind&ignore=c&nominal=b&missing=mean&zero-is-missing=a&problem=binary&standardize=yes&layers=3&epochs=30&step=4&panel=tape",
  "drawn points and given weights": "#dots=1,2,0;2.125,-1,1;3,1,1;1,3,0&standardize=no&dev=0&layers=2&activation=relu&lr=1&epochs=20" +
    "&weights=0.weight:1,-1,1,1~0.bias:0,-1~2.weight:2,-1~2.bias:0&step=2&panel=check",
};
for (const [name, hash] of Object.entries(addresses))
  test(`an address holds ${name}`, async () => {
    const page = await open(browser, server.address, { hash });
    assert.equal(await page.locator('[data-kind="error"]').count(), 0);
    const parts = (h) => Object.fromEntries(new URLSearchParams(h.slice(1)));
    const now = () => new URL(page.url()).hash;
    assert.equal(String(await stepNow(page)), parts(hash).step);
    await page.click("#step");
    await ready(page);
    assert.deepEqual(parts(now()), { ...parts(hash), step: String(Number(parts(hash).step) + 1) }, "written anew after a step");
    const weights = (p) => p.evaluate(() => window.playground.session.engine.call("weights", {}));
    const again = await open(browser, server.address, { hash: now() });
    assert.deepEqual(await weights(again), await weights(page), "the same moment, to the last bit");
    assert.equal(await again.getAttribute(`#tab-${parts(hash).panel}`, "aria-selected"), "true");
    await close(again);
    await close(page);
  });

test("an address that is refused says so, and leaves a page that works", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=3" });
  assert.match(await text(page, '[data-kind="error"] p'), /^Points: '3' is not /);
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

test("a browser that refuses another entry of its history is no reason to stop", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=60&layers=2&epochs=50" });
  await page.evaluate(() => {
    window.kept = history.replaceState;
    history.replaceState = () => { throw new DOMException("too many calls", "SecurityError"); };
  });
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  assert.doesNotMatch(page.url(), /step=/);
  await page.evaluate(() => (history.replaceState = window.kept));
  await page.click("#step");
  await ready(page);
  assert.match(page.url(), /step=2/);
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
