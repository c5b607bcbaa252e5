// The build of the documentation on small folders made here: what it refuses, with file and line, and what it leaves alone.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { top } from "../playground/support.mjs";

const work = mkdtempSync(join(tmpdir(), "xgrad-site-"));
after(() => rmSync(work, { recursive: true }));

const put = (folder, files) => Object.entries(files).forEach(([name, text]) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
});

let count = 0;
const listing = (...pages) => ({ "docs/site/pages.json": JSON.stringify({ Group: Object.fromEntries(pages.map((p) => [p, p])) }) });
const small = { "README.md": "# Top\n\nWhat it is.\n", "docs/a.md": "# A\n", "src/one.cpp": "int main() {}\n", ...listing("docs/a.md") };

/** Builds `small` with `files` in place of its own, into `output`. */
function build(files, output = join(work, `site-${++count}`)) {
  const source = join(work, `top-${++count}`);
  put(source, { ...small, ...files });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(top, "docs/site/build.mjs"), output, source], { encoding: "utf8" });
  return { status, stdout, errors: stderr.trimEnd(), output, page: (name) => readFileSync(join(output, name), "utf8") };
}

const refuses = (files, ...messages) => {
  const { status, errors, output } = build(files);
  assert.equal(errors, messages.map((m) => `build.mjs: ${m}`).join("\n"));
  assert.equal(status, 1);
  assert.ok(!existsSync(output), "something was written");
};

test("a link that leads nowhere is named with its line", () => {
  refuses({ "docs/a.md": "# A\n\nOne line\nand [two](b.md).\n" }, "docs/a.md:4: there is no file docs/b.md");
  refuses({ "docs/a.md": "# A\n\n| x |\n|---|\n| y |\n| [z](../src/two.cpp) |\n" }, "docs/a.md:6: there is no file src/two.cpp");
  refuses({ "docs/a.md": "# A\n\n- one\n- ![two](two.png)\n" }, "docs/a.md:4: there is no file docs/two.png");
  refuses({ "README.md": "# Top\n\n[src](src)\n" }, "README.md:3: src is a folder; link to a file in it");
  refuses({ "README.md": "# Top\n\n[up](../x.md)\n" }, "README.md:3: '../x.md' leads out of the repository");
  refuses({ "README.md": "# Top\n\n[other](src/x.md)\n", "src/x.md": "# X\n" }, "README.md:3: src/x.md is not a page of the site");
});

test("an anchor that no heading has is named with its line", () => {
  refuses({ "docs/a.md": "# A\n\n[here](#b)\n" }, "docs/a.md:3: docs/a.md has no heading #b");
  refuses({ "README.md": "# Top\n\n[there](docs/a.md#b)\n" }, "README.md:3: docs/a.md has no heading #b");
  refuses({ "README.md": "# Top\n\n[code](src/one.cpp#L1)\n" }, "README.md:3: the page of src/one.cpp has no anchors, so not #L1 either");
});

test("links are relative or https", () => {
  for (const link of ["/docs/a.md", "http://example.org", "ftp://example.org", "//example.org"])
    refuses({ "README.md": `# Top\n\n[x](${link})\n` }, `README.md:3: '${link}' must be a relative path or begin with https:`);
});

test("pictures are files of the repository, and have words", () => {
  refuses({ "README.md": "# Top\n\n![x](https://example.org/x.png)\n" }, "README.md:3: 'https://example.org/x.png' must be a png, svg, jpg or webp file of the repository");
  refuses({ "README.md": "# Top\n\n![](x.svg)\n", "x.svg": "<svg/>" }, "README.md:3: the picture 'x.svg' has no words for those who do not see it");
});

test("HTML and unknown languages are refused; a comment is left out", () => {
  refuses({ "README.md": "# Top\n\n<b>bold</b>\n" }, "README.md:3: HTML other than a comment is not shown; write Markdown");
  refuses({ "README.md": "# Top\n\n```klingon\nx\n```\n" }, "README.md:3: no colours are known for the language 'klingon'");
  const { status, page } = build({ "README.md": "# Top\n\n<!-- cpp\nhidden\n\nthing\n-->\nShown.\n" });
  assert.equal(status, 0);
  assert.ok(page("index.html").includes("<p>Shown.</p>") && !page("index.html").includes("hidden"));
});

test("every page of docs/ is in a group, and every name of a group is a file", () => {
  refuses({ "docs/b.md": "# B\n" }, "docs/b.md: is in no group of docs/site/pages.json, so that no page would lead to it");
  refuses(listing("docs/a.md", "docs/c.md"), "docs/site/pages.json: there is no file docs/c.md");
  assert.match(build({ "docs/site/pages.json": "{" }).errors, /^build\.mjs: docs\/site\/pages\.json: .*JSON.*$/);
});

test("all that is wrong is told at once", () => {
  refuses({ "README.md": "# Top\n\n[x](x.md) and\n[y](y.md)\n", "docs/a.md": "# A\n\n[z](z.md)\n" },
    "README.md:3: there is no file x.md", "README.md:4: there is no file y.md", "docs/a.md:3: there is no file docs/z.md");
});

test("headings have GitHub's anchors", () => {
  const { errors, page } = build({ "docs/a.md": "# A\n\n## 4. dZ2 = A2 − Y, `proved`?\n\n## Twice\n\n## Twice\n\n[1](#4-dz2--a2--y-proved) [2](#twice) [3](#twice-1)\n" });
  assert.equal(errors, "");
  assert.deepEqual([...page("docs/a.html").matchAll(/<h2 id="([^"]*)"/g)].map((m) => m[1]), ["4-dz2--a2--y-proved", "twice", "twice-1"]);
});

test("an empty first cell of a table's head makes names of the first column, an empty head goes", () => {
  const { page } = build({ "docs/a.md": "# A\n\n| | x |\n|---|---|\n| one | 1 |\n\n| | |\n|---|---|\n| two | 2 |\n" });
  assert.deepEqual([...page("docs/a.html").matchAll(/<(t[hd]\b[^>]*)>([^<]*)/g)].map((m) => `${m[1]}: ${m[2]}`),
    ["td: ", 'th scope="col": x', 'th scope="row": one', 'td class="whole": 1', 'th scope="row": two', 'td class="whole": 2']);
});

test("links lead from page to page, and to source as a page of its own", () => {
  const { page } = build({ "docs/a.md": "# A\n\n[top](../README.md#top) [code](../src/one.cpp)\n" });
  assert.ok(page("docs/a.html").includes('<a href="../index.html#top">top</a> <a href="../src/one.cpp.html">code</a>'));
  assert.match(page("src/one.cpp.html"), /Linked from: <a href="\.\.\/docs\/a\.html">A<\/a>/);
  assert.match(page("src/one.cpp.html"), /hljs-type">int<\/span>/);
});

test("what others put there stays; what an earlier build left there goes", () => {
  const { output } = build({ "docs/b.md": "# B\n", ...listing("docs/a.md", "docs/b.md") });
  put(output, { "playground/index.html": "x", "playground.html": "x" });
  assert.ok(existsSync(join(output, "docs/b.html")));
  build({}, output);
  assert.deepEqual(readdirSync(join(output, "docs")), ["a.html"]);
  assert.ok(existsSync(join(output, "playground/index.html")) && existsSync(join(output, "playground.html")));
});

test("an output that cannot be written gives one line", () => {
  writeFileSync(join(work, "file"), "");
  const { status, errors } = build({}, join(work, "file"));
  assert.equal(status, 1);
  assert.match(errors, /^build\.mjs: .*file.*$/);
});
