// Measures what the page promises: pictures a second, time to the first step, size. Prints a table in Markdown.
//
//     node tests/playground/measure.mjs

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { launch, open, ready, serve, site, stepNow } from "./support.mjs";

const browser = await launch();
const server = await serve();
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const page = await open(browser, server.address, { hash: "#data=moons&points=200&layers=8,8&epochs=1000000" });
const frames = (speed) => page.evaluate(async (speed) => {
  const { session } = window.playground;
  session.pace.speed = speed;
  await session.run();
  await new Promise((done) => setTimeout(done, 1000)); // the browser compiles what is hot
  const [from, steps, at] = [session.pace.frames, session.step, performance.now()];
  await new Promise((done) => setTimeout(done, 5000));
  const seconds = (performance.now() - at) / 1000;
  const result = { frames: (session.pace.frames - from) / seconds, steps: (session.step - steps) / seconds };
  await session.pause();
  return result;
}, speed);
const usual = await frames("10");
const full = await frames("max");
await page.close();

const first = [];
for (let i = 0; i < 5; i++) {
  const fresh = await browser.newContext();
  const page = await fresh.newPage();
  const start = performance.now();
  await page.goto(`${server.address}`);
  await page.waitForSelector("#step");
  await page.click("#step");
  await page.waitForFunction(() => window.playground?.session.step >= 1, null, { polling: 10 });
  first.push((performance.now() - start) / 1000);
  await ready(page);
  if (await stepNow(page) < 1) throw new Error("no step was made");
  await fresh.close();
}
await browser.close();
await server.close();

const packed = (file) => gzipSync(readFileSync(file), { level: 9 }).length / 1024;
const folder = join(site, "playground");
const size = readdirSync(folder).reduce((sum, file) => sum + packed(join(folder, file)), 0);
console.log(`| what | measured | wanted |
|---|---|---|
| pictures a second, 200 points, 2 × 8 units, 10 steps each | ${usual.frames.toFixed(0)} | ≥ 30 |
| the same at full speed | ${full.frames.toFixed(0)} (${Math.round(full.steps).toLocaleString("en-US")} steps a second) | |
| from opening to the first step, median of 5 | ${median(first).toFixed(2)} s | < 1 s |
| folder, gzipped | ${size.toFixed(0)} KiB | ≤ 300 kB |
| single file, gzipped | ${packed(join(site, "playground.html")).toFixed(0)} KiB | |`);
