// Every control does what it says, by pointer and by keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { choose, close, launch, open, readout, ready, serve, set, stepNow, text } from "./support.mjs";

let browser, server;
before(async () => { browser = await launch(); server = await serve(); });
after(async () => { await browser.close(); await server.close(); });

const command = (page) => text(page, "#command");

test("step, epoch, rewind, new start, run and pause", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=3&batch=20&epochs=50" });
  const weights = () => page.evaluate(() => window.playground.session.engine.call("weights", {}));
  const first = await weights();
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  assert.notDeepEqual(await weights(), first);
  await page.click("#epoch");
  await ready(page);
  assert.equal(await stepNow(page), 5, "80 train points in batches of 20 are 4 steps");
  await page.click("#rewind");
  await ready(page);
  assert.equal(await stepNow(page), 0);
  assert.deepEqual(await weights(), first);
  await page.click("#renew");
  await ready(page);
  assert.match(await command(page), /--seed 1/);
  assert.notDeepEqual(await weights(), first);
  await page.selectOption("#speed", "1");
  await page.click("#run");
  await page.waitForFunction(() => document.body.dataset.status === "running");
  assert.equal(await text(page, "#run"), "Pause");
  await page.click("#run");
  await ready(page);
  const step = await stepNow(page);
  await page.waitForTimeout(200);
  assert.equal(await stepNow(page), step);
  await close(page);
});

test("every field of data, model and training reaches the command line", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=3&epochs=50" });
  for (const set of ["circles", "spiral", "xor", "blobs", "moons"]) {
    await choose(page, "#set", set);
    if (set !== "moons") assert.match(await command(page), new RegExp(`^train ${set} `));
  }
  await page.click("summary:text('More')");
  const numbers = { points: 120, noise: 0.1, dev: 0.3, seed: 7, lr: 0.3, batch: 16, l2: 0.001, l1: 0.0001, epochs: 70, "weight-decay": 0.01, "clip-norm": 5, "clip-value": 2, "warm-up": 3 };
  for (const [option, value] of Object.entries(numbers)) {
    await set(page, `#option-${option}`, value);
    assert.match(await command(page), new RegExp(`--${option} ${String(value).replace(".", "\\.")}\\b`), option);
  }
  const words = { init: "he_uniform", loss: "mse", optimizer: "nesterov", schedule: "exp_range" };
  for (const [option, value] of Object.entries(words)) {
    await choose(page, `#option-${option}`, value);
    assert.match(await command(page), new RegExp(`--${option} ${value}`));
  }
  for (const [option, value] of Object.entries({ momentum: 0.8, cycle: 10, gamma: 0.99, "lr-min": 0.01 })) {
    await set(page, `#option-${option}`, value);
    assert.match(await command(page), new RegExp(`--${option} ${String(value).replace(".", "\\.")}\\b`), option);
  }
  await page.click("#more-layers");
  await ready(page);
  await set(page, "#units-2", 5);
  await choose(page, "#activation-2", "relu");
  assert.match(await command(page), /--layers 3,5:relu/);
  await page.click('[title="Half the rate"]');
  await ready(page);
  assert.match(await command(page), /--lr 0\.15/);
  await page.click('[title="Twice the rate"]');
  await ready(page);
  assert.match(await command(page), /--lr 0\.3\b/);
  await close(page);
});

test("what the engine refuses stays in its field with a sentence, and the run goes on", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=3&epochs=50" });
  await page.fill("#option-points", "0");
  await page.locator("#option-points").blur();
  await page.waitForSelector("#option-points[aria-invalid=true]");
  assert.match(await text(page, "#option-points-error"), /points.*from 10/);
  await page.fill("#units-1", "0");
  await page.locator("#units-1").blur();
  await page.waitForSelector("#units-1[aria-invalid=true]");
  assert.notEqual(await text(page, "#layers-error"), "");
  await page.click("#step");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  await close(page);
});

test("a net too large for this machine is asked about first", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=200&layers=8,8&epochs=50" });
  await page.click("#step");
  await ready(page);
  await page.fill("#option-points", "9000000");
  await page.locator("#option-points").blur();
  await page.waitForSelector('[data-kind="size"]');
  assert.match(await text(page, '[data-kind="size"] p'), /would take about [\d,.]+(e\+?\d+)? s/);
  assert.match(await command(page), /--points 200/);
  await close(page);
});

test("points are drawn and erased, by pointer and by keyboard", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=40&layers=3&epochs=50" });
  const count = () => page.evaluate(() => window.playground.session.setup.points?.length ?? 0);
  await page.check('input[value="draw1"]');
  const box = await page.locator("#big-map").boundingBox();
  await page.mouse.click(box.x + 0.05 * box.width, box.y + 0.1 * box.height);
  await page.waitForFunction(() => window.playground.session.setup.points?.length === 41);
  await ready(page);
  await page.focus("#big-map");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => window.playground.session.setup.points?.length === 42);
  assert.match(await text(page, "#map-readout"), /class [01], probability/);
  await page.check('input[value="erase"]');
  await page.mouse.click(box.x + 0.05 * box.width, box.y + 0.1 * box.height);
  await page.waitForFunction(() => window.playground.session.setup.points?.length === 41);
  await ready(page);
  assert.equal(await count(), 41);
  assert.match(page.url(), /dots=/);
  await page.click("#clear-points");
  await page.waitForSelector('[data-kind="error"]');
  assert.match(await text(page, '[data-kind="error"] p'), /points: there are none/);
  await page.check('input[value="draw0"]');
  for (const x of [0.2, 0.25, 0.3, 0.2, 0.3]) await page.mouse.click(box.x + x * box.width, box.y + (0.2 + x) * box.height);
  await page.check('input[value="draw2"]');
  for (const x of [0.7, 0.75, 0.8, 0.7, 0.8]) await page.mouse.click(box.x + x * box.width, box.y + x * box.height);
  await page.waitForFunction(() => window.playground.session.setup.points?.length > 5 && !document.querySelector('[data-kind="error"]'));
  await close(page);
});

test("a unit is pinned and its weights are shown", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=40&layers=3&epochs=50" });
  await page.click('.stage button >> nth=1');
  assert.match(await text(page, "#inspector"), /unit 2 of hidden layer 1, bias 0\.000.*in: x1 .* x2 .*out: output/s);
  await page.focus("#big-map");
  await page.keyboard.press("ArrowUp");
  assert.match(await text(page, "#map-readout"), /unit 2 of hidden layer 1 gives/);
  await page.click("#inspector button");
  assert.match(await text(page, "#inspector"), /Press a unit/);
  await close(page);
});

test("the panels: tape, equations, gradient check, matrices", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=60&layers=3&epochs=50&step=7" });
  await page.click("#tab-tape");
  await page.waitForSelector("#tape-row-3");
  const tape = await page.evaluate(() => window.playground.session.engine.call("tape", { examples: 4, part: "train" }));
  assert.equal(await page.locator("tr[id^=tape-row]").count(), tape.nodes.length);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelectorAll("#panel-equations .good").length === 6);
  assert.match(await text(page, "#panel-equations .verdict"), /All 6 equations hold on these m = 4 examples/);
  assert.ok(await page.locator("#panel-equations math").count() === 6);
  await page.click("#tab-check");
  await page.waitForSelector("#panel-check tbody tr");
  assert.match(await text(page, "#panel-check .verdict"), /✓ 13 gradients confirmed/);
  assert.equal(await page.locator("#panel-check tbody tr").count(), 13);
  await page.focus("#check-step");
  await page.keyboard.press("End");
  await page.waitForFunction(() => /✗/.test(document.querySelector("#panel-check .verdict").textContent), null, { timeout: 10_000 });
  assert.match(await text(page, "#check-step-value"), /ε = 0\.1/);
  await page.click("#panel-check .entry >> nth=2");
  assert.match(await text(page, "#v-curve-text"), /errs least/);
  await page.click("#tab-matrices");
  await page.waitForSelector("#panel-matrices .card");
  assert.match(await text(page, "#panel-matrices"), /W1 \(3, 2\)/);
  await close(page);
});

test("the hand-sized lesson shows round numbers and equations that hold", async () => {
  const page = await open(browser, server.address);
  await page.selectOption("#lesson", "paper");
  await page.waitForFunction(() => document.querySelector("#command").textContent.includes("points.csv"));
  await ready(page);
  await page.waitForSelector("#panel-tape:not([hidden]) table.tape");
  const weights = await page.evaluate(() => window.playground.session.engine.call("weights", {}));
  assert.deepEqual(weights.map((w) => w.values), [[1, -1, 1, 1], [0, -1], [2, -1], [0]]);
  const values = await page.evaluate(async () => {
    const { nodes } = await window.playground.session.engine.call("tape", { examples: 4, part: "train" });
    return Object.fromEntries(nodes.map((n) => [n.name, n.value]));
  });
  assert.deepEqual(values.Z1, [-1, 2, 1, 2, 2, 3, -2, 3]);
  assert.deepEqual(values.Z2, [-2, 0, 1, -3]);
  await page.click("#tab-equations");
  await page.waitForFunction(() => /All 6 equations hold/.test(document.querySelector("#panel-equations .verdict").textContent));
  await close(page);
});

test("every lesson opens", async () => {
  const page = await open(browser, server.address);
  for (const id of await page.$$eval("#lesson option", (o) => o.map((x) => x.value).filter(Boolean))) {
    await page.selectOption("#lesson", id);
    await ready(page);
    assert.equal(await page.locator('[data-kind="error"]').count(), 0, id);
    await page.click("#step");
    await ready(page);
    assert.equal((await readout(page)).step, "1", id);
  }
  await close(page);
});

test("save and load the model, the program, the link", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=60&layers=3&epochs=50&step=7" });
  const weights = () => page.evaluate(() => window.playground.session.engine.call("weights", {}));
  const saved = await weights();
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#save-model")]);
  assert.equal(file.suggestedFilename(), "moons.safetensors");
  const path = await file.path();
  await choose(page, "#set", "xor");
  await page.setInputFiles("#load-file", { name: "m.safetensors", mimeType: "application/octet-stream", buffer: readFileSync(path) });
  await page.waitForSelector('[data-kind="loaded"]');
  await ready(page);
  assert.deepEqual(await weights(), saved);
  assert.equal(await stepNow(page), 7);
  await page.setInputFiles("#load-file", { name: "no.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from("no model") });
  await page.waitForSelector('[data-kind="error"]');
  await page.click('summary:text("C++ program")');
  await page.waitForFunction(() => document.querySelector("#program").textContent.includes("#include"));
  await page.click("#copy-link");
  await close(page);
});
