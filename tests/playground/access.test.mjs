// For everyone: axe finds nothing in the main states, light and dark, phone and desktop; nothing wider than the screen;
// reduced motion; the keyboard reaches everything.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeSource, close, launch, open, ready, serve, stepNow, text } from "./support.mjs";

let browser, server;
before(async () => { browser = await launch(); server = await serve({ withoutCsp: true }); });
after(async () => { await browser.close(); await server.close(); });

const states = {
  start: "",
  "trained, tape": "#data=blobs&points=200&layers=6,4:relu&step=40&epochs=200&panel=tape",
  "own points, equations": "#layers=2&dev=0&standardize=no&dots=1,2,0;2,1,1;3,1,1;1,3,0&panel=equations",
  "gradient check": "#data=moons&points=60&layers=3&step=7&panel=check",
  matrices: "#data=moons&points=60&layers=12&step=7&panel=matrices",
};
for (const colorScheme of ["light", "dark"])
  for (const width of [360, 1280])
    test(`axe, ${colorScheme}, ${width} px`, async () => {
      for (const [name, hash] of Object.entries(states)) {
        const page = await open(browser, server.address, { hash, colorScheme, viewport: { width, height: 800 } });
        if (hash.includes("panel")) await page.waitForSelector("[role=tabpanel]:not([hidden]) :is(table, canvas)");
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
        await page.waitForTimeout(100);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: wider than the screen`);
        await page.evaluate(axeSource);
        const { violations } = await page.evaluate(() => axe.run());
        assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`), []);
        await close(page);
      }
    });

test("axe on errors and a run that has diverged", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=100&layers=8,8&activation=leaky_relu&lr=1000&epochs=50" });
  await page.click("#run");
  await page.waitForSelector('[data-kind="diverged"]');
  await ready(page);
  await page.fill("#option-points", "1");
  await page.locator("#option-points").blur();
  await page.waitForSelector("[aria-invalid=true]");
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
  await close(page);
});

test("from 360 px to 4K nothing is wider than the screen", async () => {
  for (const width of [360, 600, 800, 1100, 1600, 3840]) {
    const page = await open(browser, server.address, { viewport: { width, height: 900 } });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
    await close(page);
  }
});

/** The colours of the map as a screen shows them, of each class where the net is sure of it and no point lies: across and up. */
async function regions(page, classes) {
  const png = (await page.locator("#big-map").screenshot()).toString("base64");
  return page.evaluate(async ([png, classes]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { view, setup } = window.playground.session;
    const n = view.last.columns;
    const [low, high] = view.window.x;
    const marked = (i) => setup.points.some((p) => Math.hypot(p[0] - low - ((i % n) * (high - low)) / n, p[1] - low - (Math.floor(i / n) * (high - low)) / n) < 0.07 * (high - low));
    return Array.from({ length: classes }, (_, k) => {
      const sure = (i) => view.last.net[k * n * n + i];
      const inner = Array.from({ length: n * n }, (_, i) => i).filter((i) => i % n > 12 && i % n < n - 12 && i > 12 * n && i < n * (n - 12) && !marked(i));
      const at = inner.reduce((a, i) => (sure(i) > sure(a) ? i : a));
      const colours = [];
      for (let d = -9; d <= 9; d++)
        for (const i of [at + d, at + d * n])
          if (sure(i) > 0.98 && !marked(i)) colours.push([...context.getImageData(((i % n) + 0.5) / n * image.width, image.height - (Math.floor(i / n) + 0.5) / n * image.height, 1, 1).data].slice(0, 3));
      return colours;
    });
  }, [png, classes]);
}

test("regions of six classes are told apart whatever colours an eye sees: two colours, and stripes", async () => {
  const dots = Array.from({ length: 6 }, (_, k) => [0, 1, 2, 3].map((i) =>
    `${(9 * Math.cos((k * Math.PI) / 3) + (i % 2) * 0.3).toFixed(2)},${(9 * Math.sin((k * Math.PI) / 3) + (i > 1) * 0.3).toFixed(2)},${k}`).join(";")).join(";");
  const between = (a, b) => Math.hypot(...a.map((v, i) => v - b[i]));
  const middle = (colours) => [0, 1, 2].map((c) => colours.map((v) => v[c]).sort((a, b) => a - b)[Math.floor(colours.length / 2)]);
  const spread = (colours) => Math.max(...colours.map((c) => c[1])) - Math.min(...colours.map((c) => c[1]));
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(browser, server.address, { colorScheme, hash: `#layers=12&dev=0&standardize=no&optimizer=adam&lr=0.05&epochs=500&step=300&dots=${dots}` });
    const cdp = await page.context().newCDPSession(page);
    for (const type of ["none", "deuteranopia", "protanopia", "tritanopia", "achromatopsia"]) {
      await cdp.send("Emulation.setEmulatedVisionDeficiency", { type });
      const [blue, orange, ...striped] = await regions(page, 6);
      if (type !== "achromatopsia") assert.ok(between(middle(blue), middle(orange)) > 50, `${colorScheme}, ${type}`);
      for (const [k, colours] of [blue, orange].entries()) assert.ok(spread(colours) < 8, `${colorScheme}, ${type}: class ${k} is plain`);
      for (const [k, colours] of striped.entries()) assert.ok(spread(colours) > 8, `${colorScheme}, ${type}: class ${k + 2} has stripes`);
    }
    await close(page);
  }
});

test("every plot has a name and a text, which pausing brings up to date", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=60&layers=3&epochs=100" });
  for (const id of ["big-map", "cost-curve", "accuracy-curve", "gradient-curve"]) {
    assert.ok(await page.getAttribute(`#${id}`, "aria-label"));
    const texts = (await page.getAttribute(`#${id}`, "aria-describedby")).split(" ");
    const before = await page.textContent(`#${texts[0]}`);
    assert.ok(before.length > 20, id);
  }
  const before = await page.textContent("#cost-curve-text");
  await page.click("#epoch");
  await ready(page);
  assert.notEqual(await page.textContent("#cost-curve-text"), before);
  assert.match(await text(page, "#status"), /Paused\. Step 1: train cost/);
  await close(page);
});

test("the keyboard alone: to the run button, a step, a unit, a panel", async () => {
  const page = await open(browser, server.address, { hash: "#data=moons&points=60&layers=2&epochs=100" });
  const reach = async (selector, most = 120) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  await reach("#step");
  await page.keyboard.press("Enter");
  await ready(page);
  assert.equal(await stepNow(page), 1);
  await reach("#big-map");
  await page.keyboard.press("ArrowRight");
  assert.match(await text(page, "#map-readout"), /probability/);
  await reach(".stage button");
  await page.keyboard.press("Space");
  assert.match(await text(page, "#inspector"), /unit 1/);
  await reach("#tab-tape");
  await page.keyboard.press("Enter");
  await page.waitForSelector("table.tape");
  await close(page);
});

test("reduced motion: few pictures, the same training", async () => {
  const page = await open(browser, server.address, { reducedMotion: "reduce", hash: "#data=moons&points=60&layers=3&epochs=100000" });
  await page.click("#run");
  await page.waitForTimeout(1500);
  await page.click("#run");
  await ready(page);
  assert.ok(await page.evaluate(() => window.playground.session.pace.frames) <= 8);
  assert.ok(await stepNow(page) > 0);
  await close(page);
});
