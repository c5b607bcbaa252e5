#include "html.hpp"

#include <nn/file.hpp>

#include "page_script.hpp"  // made from page.js

namespace common {
namespace {

// Of pictures, in a page or in files of their own.
const char* const picture_style = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff;
  --c0: #0072b2; --c1: #c04f00; --c2: #007a56; --c3: #a8508a; --c4: #8a6100; --c5: #2b7fb0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --line: #30363d; --paper: #0d1117;
  --c0: #56b4e9; --c1: #e69f00; --c2: #35c79a; --c3: #e39ac4; --c4: #f0e442; --c5: #9ecbff; } }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.axis { stroke: var(--soft); fill: none; } .grid { stroke: var(--line); fill: none; }
.p0 { stroke: var(--c0); } .p1 { stroke: var(--c1); } .p2 { stroke: var(--c2); } .p3 { stroke: var(--c3); } .p4 { stroke: var(--c4); } .p5 { stroke: var(--c5); }
.r0 { fill: var(--c0); } .r1 { fill: var(--c1); } .r2 { fill: var(--c2); } .r3 { fill: var(--c3); } .r4 { fill: var(--c4); } .r5 { fill: var(--c5); }
.l { fill: none; stroke-width: 2; }
)";

const char* const page_style = R"(
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; line-height: 1.2; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; padding: 0; }
.facts div { min-width: 8rem; } .facts dt { color: var(--soft); font-size: .85rem; } .facts dd { margin: 0; font-size: 1.2rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.pictures { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .9rem; }
svg { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: normal; } thead th { font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
.scroll + .scroll, p + .scroll { margin-top: .75rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .8rem; line-height: 1.35; }
.scroll:focus-visible { outline: 2px solid var(--c0); }
.guide { stroke: var(--ink); stroke-dasharray: 5 4; opacity: .7; } svg text.guide-name { font-size: 12px; }
.mark { fill-opacity: .35; stroke-width: 1; } .mark[data-strong] { fill-opacity: 1; stroke: var(--ink); }
.mark.shown { fill-opacity: 1; stroke: var(--ink); stroke-width: 2; } .mark:focus { outline: none; }
.tip { position: absolute; max-width: 18rem; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .3rem; color: var(--ink); background: var(--paper); font-size: .85rem; line-height: 1.3; pointer-events: none; box-shadow: 0 2px 8px #0003; }
th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid var(--c0); }
th button::after { content: " ↕"; color: var(--soft); } th[aria-sort=ascending] button::after { content: " ↑"; } th[aria-sort=descending] button::after { content: " ↓"; }
summary { cursor: pointer; padding: .3rem 0; } details > :not(summary) { margin-top: .5rem; }
.heats { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } .heat caption { text-align: left; padding-bottom: .25rem; font-weight: 600; }
.heat td { text-align: center; border: 1px solid var(--paper); padding: .3rem .45rem; color: #111; } .heat .empty { color: var(--ink); } .heat td[data-chosen] { outline: 2px solid #111; outline-offset: -2px; box-shadow: inset 0 0 0 4px #fff; font-weight: 700; }
.sortable .words { text-align: left; white-space: normal; min-width: 12rem; }
figure:has(.marks) { max-width: 48rem; }
@media (max-width: 30rem) { svg text { font-size: 19px; } svg text.guide-name { font-size: 17px; } th, td { padding: .25rem .4rem; } }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.small { color: var(--soft); font-size: .8rem; }
)";

}  // namespace

std::string escape(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

std::string page(const std::string& title, const Facts& facts, const std::string& body, const std::string& command,
                 Script script) {
  std::string html =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>" +
      escape(title) + "</title><style>" + picture_style + page_style + "</style></head><body><main><h1>" +
      escape(title) + "</h1><dl class=\"facts\">";
  for (const auto& [label, value] : facts)
    html += "<div><dt>" + escape(label) + "</dt><dd>" + escape(value) + "</dd></div>";
  return html + "</dl>" + body + "<p class=\"small\">Made by <code>" + escape(command) + "</code>.</p></main>" +
         (script == Script::interactive ? std::string("<script>") + page_script + "</script>" : "") +
         "</body></html>\n";
}

std::string figure(const std::string& picture, const std::string& caption) {
  return "<figure>" + picture + "<figcaption>" + escape(caption) + "</figcaption></figure>";
}

std::string figures(const std::vector<std::string>& figures) {
  std::string html = "<div class=\"pictures\">";
  for (const std::string& f : figures) html += f;
  return html + "</div>";
}

std::string picture_file(const std::string& picture, double width, double height) {
  const std::string open = "<svg ";
  return open + "xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width, 6) + "\" height=\"" +
         number(height, 6) + "\" " + picture.substr(open.size(), picture.find('>') + 1 - open.size()) + "<style>" +
         picture_style + "svg { background: var(--paper); } svg text { font-size: 15px; }</style>" +
         picture.substr(picture.find('>') + 1) + "\n";
}

std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                  Order order) {
  std::string html = std::string("<div class=\"scroll\" tabindex=\"0\"><table") +
                     (order == Order::sortable ? " class=\"sortable\"" : "") + "><thead><tr>";
  for (const std::string& cell : head) html += "<th scope=\"col\">" + escape(cell) + "</th>";
  html += "</tr></thead><tbody>";
  for (const auto& row : rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool words = row[i].find(' ') != std::string::npos;  // rather than a figure
      html += (i == 0  ? "<th scope=\"row\">"
               : words ? "<td class=\"words\">"
                       : "<td>") +
              escape(row[i]) + (i == 0 ? "</th>" : "</td>");
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

void write_page(const std::string& path, const std::string& html) { xgrad::nn::write_file(path, html); }

}  // namespace common
