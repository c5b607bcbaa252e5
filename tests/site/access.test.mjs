// The documentation is for everyone: axe finds nothing, light and dark, phone and desktop; nothing is wider than the screen; the keyboard
// reaches what scrolls.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axeSource, launch, serve, site } from "../playground/support.mjs";

let browser, server, origin;
before(async () => {
  [browser, server] = [await launch(), await serve()];
  origin = new URL(server.address).origin;
});
after(async () => { await browser.close(); await server.close(); });

const names = JSON.parse(readFileSync(join(site, "documentation.json"), "utf8")).filter((name) => name.endsWith(".html"));

async function open(name, width, options = {}) {
  const page = await browser.newPage({ viewport: { width, height: 800 }, ...options });
  await page.goto(`${origin}/${name}`);
  return page;
}

for (const colorScheme of ["light", "dark"])
  for (const width of [360, 1280])
    test(`axe, ${colorScheme}, ${width} px`, async () => {
      for (const name of ["index.html", "docs/tutorial.html", "docs/operations.html", "docs/study.html", "autograd/tape.hpp.html"]) {
        const page = await open(name, width, { colorScheme });
        const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(paper, colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
        await page.evaluate(axeSource);
        for (const open of [false, true]) {
          await page.evaluate((open) => document.querySelectorAll("details").forEach((d) => (d.open = open)), open);
          const { violations } = await page.evaluate(() => axe.run());
          assert.deepEqual(violations.map((v) => `${name}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`), []);
        }
        await page.close();
      }
    });

test("no page is wider than a phone, with its lists open or not", async () => {
  const page = await open("index.html", 360);
  for (const name of names) {
    await page.goto(`${origin}/${name}`);
    for (const open of [false, true]) {
      await page.evaluate((open) => document.querySelectorAll("details").forEach((d) => (d.open = open)), open);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
    }
  }
  await page.close();
});

test("from 360 px to 4K nothing is wider than the screen, and a line of prose stays readable", async () => {
  for (const width of [360, 600, 960, 1280, 1920, 3840]) {
    const page = await open("docs/operations.html", width);
    const { wide, letters } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth > innerWidth,
      letters: document.querySelector("main p").clientWidth / parseFloat(getComputedStyle(document.body).fontSize),
    }));
    assert.ok(!wide && letters >= 20 && letters <= 50, `${width} px: ${letters} em`);
    await page.close();
  }
});

test("what scrolls sideways is reached by the keyboard", async () => {
  const page = await open("docs/study.html", 360);
  for (const name of names) {
    await page.goto(`${origin}/${name}`);
    const missed = await page.evaluate(() => [...document.querySelectorAll("pre, .scroll")]
      .filter((e) => e.scrollWidth > e.clientWidth && e.tabIndex < 0).map((e) => e.textContent.slice(0, 60)));
    assert.deepEqual(missed, [], name);
  }
  await page.close();
});

test("the first tab stop skips to the content; lists of pages and headings open by key on a phone, stand open on a desktop", async () => {
  const phone = await open("docs/tutorial.html", 360);
  await phone.keyboard.press("Tab");
  assert.equal(await phone.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await phone.keyboard.press("Enter");
  assert.equal(await phone.evaluate(() => document.activeElement.id), "content");
  for (const list of [".pages", ".toc"]) {
    assert.equal(await phone.isVisible(`${list} .list`), false);
    await phone.focus(`${list} summary`);
    await phone.keyboard.press("Enter");
    assert.equal(await phone.isVisible(`${list} .list`), true);
  }
  await phone.close();
  const desktop = await open("docs/tutorial.html", 1280);
  for (const list of [".pages", ".toc"]) {
    assert.equal(await desktop.isVisible(`${list} .list`), true);
    assert.equal(await desktop.isVisible(`${list} summary`), false);
  }
  await desktop.close();
});

test("on paper there is the text, without what is only for a screen", async () => {
  const page = await open("autograd/tape.hpp.html", 1280, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const part of ["header", "nav.pages", "footer", ".numbers"]) assert.equal(await page.isVisible(part), false, part);
  assert.equal(await page.isVisible("pre.code"), true);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await page.close();
});
