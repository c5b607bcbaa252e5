// Writes the pages that were read: each in the template with its navigation, source files with their colours, figures as they are.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { code, escape, render } from "./markdown.mjs";
import { outputOf } from "./read.mjs";

const own = (name) => readFileSync(join(dirname(fileURLToPath(import.meta.url)), name), "utf8");

// A page with more headings than this has a list of them.
const fewHeadings = 6;

const overview = "Overview";
const link = (href, text, marks = "") => `<a href="${escape(href)}"${marks}>${text}</a>`;
const fill = (template, parts) => template.replace(/%(\w+)%/g, (_, name) => parts[name]);

/** The headings under the title as nested lists; a heading in the list ends where its first sentence does. */
function contents(headings) {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length <= fewHeadings) return "";
  const item = ({ id, text }) => link(`#${id}`, escape(text.replace(/(?<=\p{L}{2})[.;:](\s.*)?$/u, "")));
  const parts = [];
  for (const heading of shown)
    if (heading.level === 2 || parts.length === 0) parts.push({ heading, under: [] });
    else parts.at(-1).under.push(heading);
  const list = parts.map(({ heading, under }) => {
    const names = under.length > 0 && under.every(({ text }) => /^\S+$/.test(text)) ? ' class="names"' : "";
    return `<li>${item(heading)}${under.length > 0 ? `\n<ul${names}>${under.map((h) => `<li>${item(h)}</li>`).join("\n")}</ul>` : ""}</li>`;
  });
  return `<nav class="toc" aria-label="On this page">
<details><summary>On this page</summary></details>
<div class="list"><p class="group">On this page</p><ul>\n${list.join("\n")}\n</ul></div>
</nav>`;
}

function navigation(groups, path, root) {
  const entry = ([target, label]) => `<li>${link(root + outputOf(target), escape(label), target === path ? ' aria-current="page"' : "")}</li>`;
  const entries = (group) => `<ul>\n${Object.entries(group).map(entry).join("\n")}\n</ul>`;
  return [entries({ "README.md": overview }), ...Object.entries(groups).map(([name, group]) => `<p class="group">${escape(name)}</p>\n${entries(group)}`)].join("\n");
}

// Where the front page leads first.
const actions = `<ul class="actions">
<li>${link("playground/", "Open the playground", ' class="button primary"')}</li>
<li>${link("docs/tutorial.html", "Begin the tutorial", ' class="button"')}</li>
<li>${link("docs/operations.html", "Look up an operation", ' class="button"')}</li>
<li>${link("playground.html", "The playground as one file", ' class="button"')}</li>
</ul>\n`;

const article = ({ path, tokens, lead }) =>
  path === "README.md" ? render(tokens.slice(0, lead)) + actions + render(tokens.slice(lead)) : render(tokens);

function sourcePage(path, text, from) {
  const here = posix.dirname(path);
  const shownIn = from.map((page) => link(posix.relative(here, outputOf(page.path)), escape(page.path === "README.md" ? overview : page.title))).join(", ");
  const numbers = text.trimEnd().split("\n").map((_, i) => i + 1).join("\n");
  return `<h1 class="path">${escape(path)}</h1>
${shownIn && `<p class="soft">Linked from: ${shownIn}</p>\n`}<div class="source">
<pre class="numbers" aria-hidden="true">${numbers}</pre>
${code(text, extname(path).slice(1))}</div>`;
}

/** Writes the site into the folder `output`, and removes what an earlier build of it left there. */
export function write({ top, groups, pages, sources, figures }, output) {
  const style = own("style.css"), template = own("template.html");
  const styleName = `documentation.${createHash("sha256").update(style).digest("hex").slice(0, 8)}.css`;
  const files = new Map([[styleName, style], ["documentation.svg", own("icon.svg")]]);
  const put = (path, parts) => {
    const root = "../".repeat(path.split("/").length - 1);
    files.set(outputOf(path), fill(template, { root, style: styleName, icon: "documentation.svg", pages: navigation(groups, path, root),
      home: path === "README.md" ? ' aria-current="page"' : "", contents: "", ...parts }));
  };
  for (const page of pages.values())
    put(page.path, { title: escape(page.path === "README.md" ? "xgrad: reverse-mode autodiff in C++20" : `${page.title} · xgrad`),
      summary: escape(page.summary), contents: contents(page.headings), main: article(page) });
  for (const [path, from] of sources)
    put(path, { title: escape(`${path} · xgrad`), summary: escape(`The file ${path} of xgrad`),
      main: sourcePage(path, readFileSync(join(top, path), "utf8"), [...from].map((name) => pages.get(name))) });

  const record = join(output, "documentation.json");
  const names = [...files.keys(), ...figures];
  for (const name of earlier(record)) if (!names.includes(name)) rmSync(join(output, name), { force: true });
  for (const name of names) mkdirSync(dirname(join(output, name)), { recursive: true });
  for (const [name, text] of files) writeFileSync(join(output, name), text);
  for (const name of figures) copyFileSync(join(top, name), join(output, name));
  writeFileSync(record, `${JSON.stringify(names, null, 1)}\n`);
  return { pages: pages.size, sources: sources.size, figures: figures.size };
}

// What the last build wrote, by its own record; only names within the folder count.
function earlier(record) {
  try {
    return JSON.parse(readFileSync(record, "utf8")).filter((name) => typeof name === "string" && !posix.normalize(name).startsWith(".."));
  } catch {
    return [];
  }
}
