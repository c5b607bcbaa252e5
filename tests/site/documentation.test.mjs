// The built documentation as a browser meets it: every link, anchor and picture is there, nothing comes from elsewhere, nothing runs.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, serve, site } from "../playground/support.mjs";

const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
const names = JSON.parse(readFileSync(join(site, "documentation.json"), "utf8")).filter((name) => name.endsWith(".html"));
const pages = new Map();

// What a page has, as the browser made it of the text.
const look = () => ({
  language: document.documentElement.lang,
  title: document.title,
  description: document.querySelector("meta[name=description]")?.content,
  policies: [...document.querySelectorAll("meta[http-equiv=Content-Security-Policy]")].map((m) => m.content),
  ids: [...document.querySelectorAll("[id]")].map((e) => e.id),
  links: [...document.querySelectorAll("a")].map((a) => ({ written: a.getAttribute("href"), url: a.href })),
  loaded: [...document.querySelectorAll("[src], [srcset], link, object, use")].map((e) => e.getAttribute("src") ?? e.getAttribute("href") ?? e.outerHTML),
  pictures: [...document.images].map((i) => ({ source: i.getAttribute("src"), shown: i.complete && i.naturalWidth > 0, alt: i.getAttribute("alt") })),
  running: [...document.querySelectorAll("*")].filter((e) => /^(script|style|iframe|form)$/i.test(e.tagName) || [...e.attributes].some((a) => /^(on.*|style)$/.test(a.name))).map((e) => e.outerHTML.slice(0, 80)),
  current: [...document.querySelectorAll("nav [aria-current=page]")].map((a) => a.href),
  headings: [...document.querySelectorAll("main :is(h2, h3)")].map((h) => h.id),
  listed: [...document.querySelectorAll(".toc a")].map((a) => a.getAttribute("href").slice(1)),
  landmarks: ["header", "nav.pages[aria-label]", "main#content", "footer", "h1", "a.skip[href='#content']"].map((s) => document.querySelectorAll(s).length),
});

let browser, server, origin;
before(async () => {
  [browser, server] = [await launch(), await serve()];
  origin = new URL(server.address).origin;
  for (const name of names) {
    const page = await browser.newPage();
    const faults = [];
    page.on("console", (m) => faults.push(m.text()));
    page.on("pageerror", (e) => faults.push(e.message));
    page.on("request", (r) => r.url().startsWith(origin) || faults.push(`a request to ${r.url()}`));
    page.on("response", (r) => r.ok() || faults.push(`${r.status()} for ${r.url()}`));
    await page.goto(`${origin}/${name}`);
    pages.set(name, { ...await page.evaluate(look), faults });
    await page.close();
  }
});
after(async () => { await browser.close(); await server.close(); });

/** What `find` finds wrong on any page, as lines of page and fault; there should be none. */
const nowhere = (find) => assert.deepEqual([...pages].flatMap(([name, page]) => find(page, name).map((what) => `${name}: ${what}`)), []);

test("every link and anchor leads somewhere", () => {
  assert.ok(pages.size > 20, `only ${pages.size} pages`);
  nowhere((page, name) => page.links.filter(({ url }) => url.startsWith(origin)).flatMap(({ written, url }) => {
    const { pathname, hash } = new URL(url);
    const target = pathname.slice(1).replace(/(^|\/)$/, "$1index.html");
    if (!existsSync(join(site, target))) return [`${written}: nothing there`];
    return hash && !pages.get(target)?.ids.includes(decodeURIComponent(hash.slice(1))) ? [`${written}: no such anchor`] : [];
  }));
});

test("links are relative, or lead to another site by https", () => {
  nowhere((page) => page.links.map((l) => l.written).filter((href) => href === null || href === "" || /^(\/|(?!https:\/\/)[a-z]+:)/.test(href)));
});

test("every page is reached from the front page", () => {
  const reached = new Set(["index.html"]);
  for (const name of reached)
    for (const { url } of pages.get(name).links) {
      const target = new URL(url).pathname.slice(1);
      if (url.startsWith(origin) && pages.has(target)) reached.add(target);
    }
  assert.deepEqual(names.filter((name) => !reached.has(name)), []);
});

test("the front page leads to the playground, to its one file and to the documentation", () => {
  const links = pages.get("index.html").links.map((l) => l.written);
  for (const href of ["playground/", "playground.html", "docs/tutorial.html", "docs/operations.html", "CHANGELOG.html"]) assert.ok(links.includes(href), href);
});

test("every picture shows and has words", () => {
  assert.ok([...pages.values()].some((page) => page.pictures.some((p) => p.source.endsWith(".svg"))));
  nowhere((page) => page.pictures.filter((p) => !p.shown || (p.alt === "" && !p.source.endsWith("documentation.svg")) || p.alt === null).map((p) => p.source));
});

test("what a page loads is beside it, and nothing goes wrong or elsewhere", () => {
  nowhere((page) => page.faults);
  nowhere((page) => page.loaded.filter((path) => !/^(\.\.\/)*[\w-][\w./-]*$/.test(path)));
});

test("nothing runs, and the policy says so", () => {
  nowhere((page) => page.running);
  nowhere((page) => (page.policies.length === 1 && page.policies[0] === policy ? [] : [`policy ${page.policies}`]));
});

test("every page has its language, a title of its own, a description, landmarks and one h1", () => {
  const titles = [...pages.values()].map((page) => page.title);
  nowhere((page) => [
    page.language === "en" || `language ${page.language}`,
    (page.title !== "" && titles.filter((t) => t === page.title).length === 1) || `title ${page.title}`,
    Boolean(page.description) || "no description",
    page.landmarks.every((n) => n === 1) || `landmarks ${page.landmarks}`,
    new Set(page.ids).size === page.ids.length || "an id twice",
  ].filter((fault) => fault !== true));
});

test("the navigation marks the page it is on, source pages are on none", () => {
  nowhere((page, name) => {
    const wanted = /\.(cpp|hpp|output)\.html$/.test(name) ? [] : [`${origin}/${name}`];
    return page.current.join() === wanted.join() ? [] : [`marks ${page.current}`];
  });
});

test("a page of more than six headings lists them all, in order", () => {
  assert.ok(pages.get("docs/operations.html").listed.length > 100);
  nowhere((page) => (page.listed.join() === (page.headings.length > 6 ? page.headings.join() : "") ? [] : [`lists ${page.listed}`]));
});
