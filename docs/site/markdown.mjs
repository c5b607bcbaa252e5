// Markdown as GitHub shows it, made into HTML that needs no script: headings with GitHub's anchors, code with its colours, tables and
// code that scroll by themselves where the screen is narrow.

import { slug } from "github-slugger";
import hljs from "highlight.js";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";

const markdown = new MarkdownIt({ html: true }).use(anchor, {
  slugify: slug,
  uniqueSlugStartIndex: 1,
  tabIndex: false,
  permalink: anchor.permalink.headerLink(),
});
export const escape = markdown.utils.escapeHtml;
const { rules } = markdown.renderer;

// Longer lines than a phone shows: the block scrolls there, and the keyboard must reach it.
const narrow = 36;

export const knows = (language) => language === "" || hljs.getLanguage(language) !== undefined;

/** Code as a block with colours; `language` by its name or the ending of a file. */
export function code(text, language) {
  const html = language && knows(language) ? hljs.highlight(text, { language, ignoreIllegals: true }).value : escape(text);
  const wide = text.split("\n").some((line) => line.length > narrow);
  return `<pre class="code"${wide ? ' tabindex="0"' : ""}><code>${html.replace(/\n$/, "")}</code></pre>\n`;
}

rules.fence = (tokens, i) => code(tokens[i].content, tokens[i].info.trim());
rules.code_block = (tokens, i) => code(tokens[i].content, "");
// Options of a command line stay whole where the line breaks.
rules.code_inline = (tokens, i) =>
  `<code>${escape(tokens[i].content).replace(/(?<=^| )--?\w[\w-]{0,20}(?= |$)/g, '<span class="whole">$&</span>')}</code>`;
rules.html_block = rules.html_inline = () => "";
rules.table_open = (tokens, i) => `<div class="scroll" role="group" aria-label="${escape(tokens[i].meta)}" tabindex="0"><table>\n`;
rules.table_close = () => "</table></div>\n";

/** What a token and its children say, without marks. */
export const words = (token) =>
  (token.children ?? []).map((t) => (t.type === "softbreak" || t.type === "hardbreak" ? " " : t.type === "image" ? "" : t.content)).join("");

// Cells of few words do not break: the table scrolls, and numbers stay with their units.
const fewLetters = 20;

// Where the first column has no name, its cells name the rows; where no column has one, the head goes.
function arrangeTables(tokens) {
  const find = (type, from) => tokens.findIndex((token, i) => i > from && token.type === type);
  for (let start = find("table_open", -1); start >= 0; start = find("table_open", start)) {
    const head = find("thead_close", start), end = find("table_close", start);
    const names = tokens.slice(start, head).filter((t) => t.type === "inline").map((t) => t.content);
    for (let i = start; i < end; ++i) {
      const cell = (tag, attrs) => Object.assign(tokens[i], { tag, attrs }) && (tokens[i + 2].tag = tag);
      if (tokens[i].type === "th_open") tokens[i + 1].content === "" ? cell("td", []) : cell("th", [["scope", "col"]]);
      else if (tokens[i].type !== "td_open") continue;
      else if (names[0] === "" && tokens[i - 1].type === "tr_open") cell("th", [["scope", "row"]]);
      else if (tokens[i + 1].content.length <= fewLetters) tokens[i].attrSet("class", "whole");
    }
    if (names.every((name) => name === "")) tokens.splice(start + 1, head - start);
  }
}

/** A page as tokens, with what others need of it: title, first paragraph, headings and the anchors there are. */
export function parse(text) {
  const tokens = markdown.parse(text, {});
  arrangeTables(tokens);
  const headings = [];
  for (const [i, token] of tokens.entries()) {
    if (token.type === "heading_open") headings.push({ level: Number(token.tag[1]), id: token.attrGet("id"), text: words(tokens[i + 1]) });
    if (token.type === "table_open") token.meta = `Table: ${headings.at(-1)?.text}`;
  }
  const first = tokens.findIndex((t) => t.type === "paragraph_open");
  return { tokens, headings, ids: new Set(headings.map((h) => h.id)), title: headings[0]?.text ?? "", lead: first + 3,
           summary: first < 0 ? "" : words(tokens[first + 1]) };
}

export const render = (tokens) => markdown.renderer.render(tokens, markdown.options, {});
