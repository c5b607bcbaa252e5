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
  assert.match(await text(page, "#option-points-error"), /^Points: '0' is not a whole number from 10 /);
  await page.fill("#units-1", "0");
  await page.locator("#units-1").blur();
  await page.waitForSelector("#units-1[aria-invalid=true]");
  assert.match(await text(page, "#layers-error"), /^Hidden layers: /, "in the page's words, not the command line's");
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
  await page.click('[data-kind="size"] button:text("Close")');
  assert.equal(await page.locator('[data-kind="size"]').count(), 0);
  await page.evaluate(() => (window.playground.session.pace.microseconds = 900_000));
  await page.fill("#option-points", "300");
  await page.locator("#option-points").blur();
  await page.click('[data-kind="size"] button:text("Take it all the same")');
  await page.waitForFunction(() => document.querySelector("#command").textContent.includes("--points 300"));
  await ready(page);
  await close(page);
});

test("how much is done between two pictures, by the measure of each speed", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=40&layers=2&epochs=1000000" });
  const before = { 1: 0, 10: 0, 100: 0, max: 0 };
  assert.deepEqual(await page.$$eval("#speed option", (o) => o.map((x) => x.value)), Object.keys(before));
  for (const speed of Object.keys(before)) {
    await page.selectOption("#speed", speed);
    await page.click("#run");
    const [steps, frames] = await page.evaluate(async () => {
      const { session } = window.playground;
      const [step, frame] = [session.step, session.pace.frames];
      while (session.pace.frames < frame + 5) await new Promise((done) => setTimeout(done, 5));
      return [session.step - step, session.pace.frames - frame];
    });
    await page.click("#run");
    await ready(page);
    assert.ok(steps > 0, speed);
    if (speed === "1") assert.ok(steps <= frames + 2, `${steps} steps in ${frames} frames`);
  }
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
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#save-points")]);
  assert.equal(file.suggestedFilename(), "points.csv");
  const lines = readFileSync(await file.path(), "utf8").trim().split("\n");
  assert.equal(lines[0], "x1,x2,class");
  assert.deepEqual(lines.slice(1).map((line) => line.split(",").map(Number)), await page.evaluate(() => window.playground.session.setup.points));
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
  assert.equal(await page.getAttribute(".stage button >> nth=1", "aria-pressed"), "true");
  const box = await page.locator("#big-map").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  assert.match(await text(page, "#map-readout"), /^x1 .*, x2 .*: unit 2 of hidden layer 1 gives/);
  assert.match(await text(page, "#map .legend"), /the unit gives 0/);
  await page.focus("#big-map");
  await page.keyboard.press("ArrowUp");
  assert.match(await text(page, "#map-readout"), /unit 2 of hidden layer 1 gives/);
  await page.click("#inspector button");
  assert.match(await text(page, "#inspector"), /Press a unit/);
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 3);
  assert.match(await text(page, "#map-readout"), /class [01], probability of class 1/);
  await close(page);
});

test("the figures: confusion adds up, gradient norms, dead and saturated units are counted", async () => {
  const rows = (page) => page.locator("#measures table").nth(2).locator("tbody tr").evaluateAll((rows) => rows.map((r) => [...r.cells].slice(1).map((c) => c.textContent)));
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=2:relu,3:tanh&epochs=50&step=5&weights=0.bias:-99,-99~2.bias:1,1,1" });
  const confusion = await page.$$eval(".confusion td", (cells) => cells.map((c) => Number(c.textContent)));
  assert.equal(confusion.length, 4);
  assert.equal(confusion.reduce((a, b) => a + b), 20, "the dev part has a fifth of 100 points");
  const [relu, tanh, output] = await rows(page);
  assert.equal(relu[2], "100 %", "a relu behind a bias of −99 is dead");
  assert.equal(relu[0], "0", "and gets no gradient");
  assert.equal(tanh[2], "–");
  assert.ok(Number(output[0].replace("−", "-")) > 0);
  await close(page);
  const flat = await open(browser, server.address, { hash: "#data=moons&points=100&layers=2:tanh&epochs=50&weights=0.bias:99,0" });
  assert.equal((await rows(flat))[0][3], "50 %", "one tanh of two is on the flat part of its curve");
  await close(flat);
});

test("the logarithmic axis, the groups of fields, the way past them", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=40&layers=2&epochs=50&step=20" });
  const picture = () => page.$eval("#cost-curve canvas", (c) => c.toDataURL());
  const plain = await picture();
  await page.check("#log-cost");
  await page.waitForTimeout(100);
  assert.notEqual(await picture(), plain);
  await page.uncheck("#log-cost");
  await page.waitForTimeout(100);
  assert.equal(await picture(), plain);
  await page.click('summary:has-text("Training")');
  assert.ok(await page.isHidden("#option-lr"));
  await page.click('summary:has-text("Training")');
  assert.ok(await page.isVisible("#option-lr"));
  await page.focus(".skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "map-title");
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
  assert.equal(await page.isChecked("#check-best"), false);
  const entry = await text(page, "#panel-check .entry >> nth=2");
  assert.match(entry, /^[Wb][12]\[\d(, \d)?\]$/, "called as in the equations");
  await page.click(`#panel-check .entry:text-is("${entry}")`);  // the rows may change places meanwhile
  await page.waitForFunction((entry) => document.querySelector("#curve-of").textContent.startsWith(`${entry} = `), entry);
  await page.waitForFunction(() => /errs least/.test(document.querySelector("#v-curve-text").textContent));
  await page.check("#check-best");
  await page.waitForFunction(() => /✓ 13/.test(document.querySelector("#panel-check .verdict").textContent));
  const stencils = { automatic: "complex step", complex_step: "complex step", central: "central difference", four_point: "4-point stencil", six_point: "6-point stencil" };
  assert.deepEqual(await page.$$eval("#check-stencil option", (o) => o.map((x) => x.value)), Object.keys(stencils));
  for (const [stencil, name] of Object.entries(stencils)) {
    await page.selectOption("#check-stencil", stencil);
    await page.waitForFunction((name) => new RegExp(`✓ 13 .* by ${name}`).test(document.querySelector("#panel-check .verdict").textContent), name);
  }
  await page.click("#tab-matrices");
  await page.waitForSelector("#panel-matrices .card");
  assert.match(await text(page, "#panel-matrices"), /W1 \(3, 2\)/);
  for (const [panel, field, shape] of [["matrices", "matrix", /Z1 \(8, 3\)/], ["tape", "tape", /\(8, 3\)/], ["equations", "equation", /m = 8 examples/]]) {
    if (panel !== "matrices") await page.click(`#tab-${panel}`);
    await page.selectOption(`#${field}-examples`, "8");
    await page.waitForFunction(([p, s]) => new RegExp(s).test(document.querySelector(`#panel-${p}`).textContent), [panel, shape.source]);
  }
  await page.click("#tab-tape");
  await page.click("#panel-tape a >> nth=0");
  assert.match(await page.evaluate(() => document.activeElement.id), /^tape-row-\d+$/);
  await page.click('#panel-tape summary');
  assert.deepEqual((await text(page, "#panel-tape .formula")).split("\n"), ["Z1 = X · W1ᵀ + b1", "A1 = tanh(Z1)", "Z2 = A1 · W2ᵀ + b2", "J = BCE(σ(Z2), Y)"]);
  await page.click("#step");
  await page.waitForFunction(() => document.querySelector("#panel-step").textContent === "At step 8.");
  await page.click("#tab-tape");
  assert.ok(await page.isHidden("#panel-tape"), "pressed again it closes");
  assert.doesNotMatch(page.url(), /panel=/);
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
  const output = page.locator("#panel-equations tbody tr").first();
  assert.equal(await output.locator("math").getAttribute("aria-label"), "dZ2 = A2 − Y");
  assert.match(await output.textContent(), /✓ holds/);
  const cells = (name) => output.locator(`[aria-label="dZ2 ${name}"] td`).evaluateAll((list) => list.map((c) => Number(c.title.replace("−", "-"))));
  const byHand = [0.11920292202211755, -0.5, -0.2689414213699951, 0.04742587317756678]; // σ(−2), σ(0) − 1, σ(1) − 1, σ(−3)
  for (const who of ["by hand", "by the tape"])
    (await cells(who)).forEach((v, i) => assert.ok(Math.abs(v - byHand[i]) < 1e-15, `${who} ${v}, not ${byHand[i]}`));

  // A logit of this lesson is exactly 0, where a formula of two branches has its seam.
  await page.click("#tab-check");
  for (const stencil of ["automatic", "central", "complex_step"]) {
    await page.selectOption("#check-stencil", stencil);
    await page.waitForFunction((s) => new RegExp(`^✓ 9 gradients confirmed, on 4 examples by ${s}`).test(document.querySelector("#panel-check .verdict").textContent),
      stencil === "automatic" ? "complex step" : stencil.replace("_", " "));
    const rows = await page.$$eval("#panel-check tbody tr", (list) => list.map((r) => [...r.cells].map((c) => c.textContent.replaceAll("−", "-"))));
    assert.equal(rows.length, 9);
    for (const [entry, tape, ...numeric] of rows) {
      assert.equal(numeric.pop(), "✓", `${entry} by ${stencil}`);
      numeric.pop(); // the difference
      assert.equal(numeric.length, stencil === "central" ? 1 : 2);
      for (const v of numeric) assert.ok(Math.abs(v - tape) <= 2e-7 * Math.max(1, Math.abs(tape)), `${entry}: ${tape} by the tape, ${v}`);
    }
  }
  await close(page);
});

test("every lesson opens", async () => {
  const page = await open(browser, server.address);
  for (const id of await page.$$eval("#lesson option", (o) => o.map((x) => x.value).filter(Boolean))) {
    await page.selectOption("#lesson", id);
    await ready(page);
    assert.ok((await text(page, "#lesson-note")).length > 50 && await page.isVisible("#lesson-note"), id);
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
  const [source] = await Promise.all([page.waitForEvent("download"), page.click("#save-program")]);
  assert.equal(source.suggestedFilename(), "net.cpp");
  assert.equal(readFileSync(await source.path(), "utf8"), await page.textContent("#program"));
  assert.match(await page.textContent("#program"), /nn::Linear\(2, 3, unused\)/);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.click("#copy-link");
  await page.waitForFunction(() => document.querySelector("#share").textContent.includes("Link copied."));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url());
  await close(page);
});
