// Which data: a set by name, one's own table, or points drawn by hand.

import type { Drawing, Tool } from "../data/drawing";
import type { Options, Point } from "../engine/protocol";
import type { Session } from "../model/session";
import { find, h } from "./dom";
import { splitFields, tableFields, toyFields } from "./fields";
import { Form, answering, type Apply } from "./form";
import { markIcon } from "./marks";

/** Another source of data: a set by name, a table with options to read it by, or points. */
export interface NewData {
  data?: string;
  table?: string;
  options?: Options;
  points?: Point[];
}

const tableChoice = "own table", drawnChoice = "drawn points";
const example = "x1,x2,class\n0.5,1.2,yes\n-0.3,0.4,no\n";

export function dataControls(session: Session, drawing: Drawing, form: Form, apply: Apply, take: (data: NewData) => Promise<void>): Node[] {
  const setError = h("p", { class: "error", id: "set-error" });
  const set = h("select", { id: "set", "aria-describedby": "set-error set-about" },
    ...session.hello.sets.map((s) => h("option", { value: s.name }, s.name)),
    h("option", { value: tableChoice }, "my own table (CSV)"), h("option", { value: drawnChoice }, "points drawn by hand"));
  const about = h("p", { class: "hint wide", id: "set-about" });
  const toys = h("div", { class: "fields" }, ...toyFields.map((f) => form.field(f)));
  const own = h("div", { class: "wide own" });

  const text = h("textarea", { id: "table", rows: 6, placeholder: example, spellcheck: "false", autocomplete: "off", "aria-describedby": "table-error table-hint" });
  const tableError = h("p", { class: "error", id: "table-error" });
  const file = h("input", { id: "table-file", type: "file", accept: ".csv,.tsv,.txt,text/csv" });
  // Of a table that is not the run's, or not yet, the options go to the engine together with it.
  const reading = new Form(session, (options) => (session.setup.table === text.value ? apply(options) : Promise.resolve()));
  const use = h("button", { type: "button", id: "use-table" }, "Use this table");
  use.addEventListener("click", () => {
    answering(text, tableError, () => take({ table: text.value, options: reading.values() }));
  });
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    text.value = await chosen.text();
    use.click();
  });
  own.append(h("label", { for: "table" }, "A table: one example per line, the class in the last column"), text,
    h("p", { class: "hint", id: "table-hint" }, "Read by the engine on this page; sent nowhere."),
    h("label", { for: "table-file" }, "or a file "), file, h("div", {}, use), tableError,
    h("div", { class: "fields" }, ...tableFields.map((f) => reading.field(f))));

  set.addEventListener("change", () => {
    own.hidden = set.value !== tableChoice;
    toys.hidden = set.value === tableChoice || set.value === drawnChoice;
    about.textContent = session.hello.sets.find((s) => s.name === set.value)?.about ?? "";
    if (set.value === tableChoice) text.focus();
    else if (set.value === drawnChoice) drawing.begin();
    else answering(set, setError, () => take({ data: set.value }));
  });
  session.on("opened", () => {
    const { options, points, table } = session.setup;
    set.value = points ? drawnChoice : table !== undefined ? tableChoice : options["data"] ?? "moons";
    about.textContent = session.hello.sets.find((s) => s.name === set.value)?.about ?? "";
    own.hidden = table === undefined;
    toys.hidden = table !== undefined || points !== undefined;
    if (table !== undefined && text.value !== table) text.value = table;
    setError.textContent = tableError.textContent = "";
    for (const input of [set, text]) input.removeAttribute("aria-invalid");
  });
  drawTools(session, drawing);
  return [h("div", { class: "field wide" }, h("label", { for: "set" }, "Data set"), set, setError), about, toys, ...splitFields.map((f) => form.field(f)), own];
}

/** Above the map: look, draw a class, erase. */
function drawTools(session: Session, drawing: Drawing): void {
  const tools = h("div", { class: "tools", role: "radiogroup", "aria-label": "What the pointer does on the map" });
  const clear = h("button", { type: "button", class: "quiet", id: "clear-points", "aria-label": "clear: remove all points", onclick: () => drawing.clear() }, "clear");
  const row = h("div", { class: "tool-row" }, tools, clear);
  find("map").prepend(row);
  let shown = "";
  session.on("opened", (opened) => {
    row.hidden = opened.features.length !== 2;
    const classes = Math.max(drawing.classes, opened.classes.length);
    if (shown === String(classes)) return;
    shown = String(classes);
    const tool = (value: Tool, name: string, ...label: (Node | string)[]): HTMLElement => {
      const input = h("input", { type: "radio", name: "tool", value, "aria-label": name, title: name, checked: drawing.tool === value, onchange: () => drawing.setTool(value) });
      return h("label", {}, input, " ", ...label);
    };
    tools.replaceChildren(tool("look", "look", "look"),
      ...Array.from({ length: Math.min(classes + 1, 6) }, (_, k) => tool(`draw${k}`, `draw class ${k}`, markIcon(k, true), ` ${k}`)), tool("erase", "erase", "erase"));
  });
}
