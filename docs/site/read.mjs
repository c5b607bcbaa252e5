// Reads README, docs/ and what they link to, and follows every link. What is wrong is told with file and line, all of it at once.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { knows, parse } from "./markdown.mjs";

export class Faults extends Error {
  constructor(lines) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

const isFigure = (path) => /\.(png|svg|jpe?g|webp)$/.test(path);

/** The pages of the folder `top`, the files they show as source, and figures; a Faults if one of their links leads nowhere. */
export function read(top) {
  const text = (path) => readFileSync(join(top, path), "utf8");
  const kind = (path) => {
    const is = statSync(join(top, path), { throwIfNoEntry: false });
    return is?.isFile() ? "file" : is?.isDirectory() ? "folder" : "nothing";
  };
  const faults = [];
  const listing = "docs/site/pages.json";
  let groups;
  try {
    groups = JSON.parse(text(listing));
  } catch (error) {
    throw new Faults([`${listing}: ${error.message}`]);
  }
  const listed = Object.values(groups).flatMap((group) => Object.keys(group));
  for (const path of readdirSync(join(top, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`))
    if (!listed.includes(path)) faults.push(`${path}: is in no group of ${listing}, so that no page would lead to it`);
  for (const path of listed)
    if (kind(path) !== "file") faults.push(`${listing}: there is no file ${path}`);
  if (faults.length > 0) throw new Faults(faults);

  const pages = new Map(["README.md", ...listed.filter((path) => path.endsWith(".md"))].map((path) => [path, { path, ...parse(text(path)) }]));
  // Files shown as source, and by which pages.
  const sources = new Map(listed.filter((path) => !pages.has(path)).map((path) => [path, new Set()]));
  const figures = new Set();

  /** Where a link of a page leads in the site, relative to the page's folder. */
  const follow = (page, link, fault) => {
    if (/^(https|mailto):/.test(link)) return link;
    if (/^([a-z][a-z0-9+.-]*:|\/)/i.test(link)) return fault(`'${link}' must be a relative path or begin with https:`);
    const [path, anchor] = decodeURI(link).split("#");
    const target = path === "" ? page.path : posix.normalize(posix.join(posix.dirname(page.path), path));
    const hash = anchor === undefined ? "" : `#${anchor}`;
    if (target.startsWith("../")) return fault(`'${link}' leads out of the repository`);
    if (pages.has(target)) {
      if (hash && !pages.get(target).ids.has(anchor)) return fault(`${target} has no heading ${hash}`);
      return path === "" ? hash : posix.relative(posix.dirname(page.path), outputOf(target)) + hash;
    }
    const is = kind(target);
    if (is === "nothing") return fault(`there is no file ${target}`);
    if (is === "folder") return fault(`${target} is a folder; link to a file in it`);
    if (isFigure(target)) {
      figures.add(target);
      return path;
    }
    if (target.endsWith(".md")) return fault(`${target} is not a page of the site`);
    if (hash) return fault(`the page of ${target} has no anchors, so not ${hash} either`);
    if (!sources.has(target)) sources.set(target, new Set());
    sources.get(target).add(page.path);
    return posix.relative(posix.dirname(page.path), outputOf(target));
  };

  for (const page of pages.values()) {
    const lines = text(page.path).split("\n");
    let range = [0, 1];
    for (const token of page.tokens) {
      range = token.map ?? range;
      // The line that has the words, else the first of the block.
      const at = (what) => {
        const within = lines.slice(...range).findIndex((line) => line.includes(what));
        return (problem) => void faults.push(`${page.path}:${range[0] + 1 + Math.max(within, 0)}: ${problem}`);
      };
      if (token.type === "fence" && !knows(token.info.trim())) at("```")(`no colours are known for the language '${token.info.trim()}'`);
      for (const part of [token, ...(token.children ?? [])]) {
        if (part.type.startsWith("html_") && !/^\s*<!--[^]*-->\s*$/.test(part.content)) at(part.content.trim())("HTML other than a comment is not shown; write Markdown");
        if (part.type === "link_open") part.attrSet("href", follow(page, part.attrGet("href"), at(part.attrGet("href"))) ?? "");
        if (part.type !== "image") continue;
        const source = part.attrGet("src"), fault = at(source);
        if (!isFigure(source) || /^\w+:/.test(source)) fault(`'${source}' must be a png, svg, jpg or webp file of the repository`);
        else part.attrSet("src", follow(page, source, fault) ?? "");
        if (part.content === "") fault(`the picture '${source}' has no words for those who do not see it`);
      }
    }
  }
  if (faults.length > 0) throw new Faults([...new Set(faults)]);
  return { top, groups, pages, sources, figures };
}

/** The page that shows a file: the front page for README, the same name with .html for others. */
export const outputOf = (path) => (path === "README.md" ? "index.html" : `${path.replace(/\.md$/, "")}.html`);
