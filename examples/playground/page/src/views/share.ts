// Links, files, the C++ program and the command line of this run.

import type { Session } from "../model/session";
import { longestTable } from "../model/url";
import { download, find, h } from "./dom";
import { notice, say } from "./notice";

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** In pieces: an argument list has a limit. */
function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

export function share(session: Session, guarded: (job: Promise<void>) => void, link: () => string): void {
  const command = h("pre", { id: "command", tabindex: 0, role: "group", "aria-label": "Command line" });
  const commandNote = h("p", { class: "hint" });
  const code = h("pre", { id: "program", tabindex: 0, role: "group", "aria-label": "C++ program", class: "code" });
  const copied = h("span", { class: "hint" });
  const linkNote = h("p", { class: "hint" });
  const button = (id: string, label: string, act: () => void): HTMLElement => h("button", { type: "button", id, onclick: act }, label);
  const copy = (text: string, what: string) => async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      copied.textContent = `${what} copied.`;
    } catch {
      copied.textContent = `The browser does not let this page copy; the ${what.toLowerCase()} stands in the address bar or below.`;
    }
    say(copied.textContent);
  };
  const job = (act: () => Promise<void>) => (): void => guarded(act());
  const file = h("input", { id: "load-file", type: "file", accept: ".safetensors" });
  file.addEventListener("change", job(async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    try {
      await session.load(base64Of(new Uint8Array(await chosen.arrayBuffer())));
      notice("loaded", `${chosen.name} is loaded: its data, its net and its weights, at step ${session.step}.`);
    } finally {
      file.value = "";
    }
  }));
  const program = h("details", {}, h("summary", {}, "C++ program of this net"),
    h("p", { class: "hint" }, "Builds the net with these weights on xgrad, and prints its accuracy on this data."),
    h("p", {}, button("save-program", "Save the program", job(async () =>
      download("net.cpp", (await session.engine.call("program", {})).code, "text/x-c++src")))), code);
  program.addEventListener("toggle", job(async () => {
    if (program.open) code.textContent = (await session.engine.call("program", {})).code;
  }));
  find("share").append(
    h("p", { class: "row" }, button("copy-link", "Copy a link to this moment", () => void copy(link(), "Link")()),
      button("save-model", "Save the model", job(async () =>
        download(`${session.opened?.name.replace(/\W+/g, "-") || "model"}.safetensors`, bytesOf((await session.engine.call("save", {})).file), "application/octet-stream"))),
      h("label", { for: "load-file" }, "Load a model "), file, copied),
    linkNote,
    h("h3", {}, "The same run on the command line"), command, commandNote, program);
  const show = (): void => {
    command.textContent = session.opened?.command ?? "";
    const { changes, points, table, loaded } = session.setup;
    commandNote.textContent =
      (changes.length ? `This run was retuned on its way (${changes.length} times); the command line trains with the present options from the start. ` : "") +
      (points ? "Save the points as points.csv first. " : table !== undefined ? "The table must stand in data.csv. " : "");
    linkNote.textContent = loaded ? "The weights come from a file, and a link cannot hold them: share the file."
      : table !== undefined && table.length > longestTable ? "This table is too long for a link: share the model's file, which holds it."
      : table !== undefined || points ? "The link holds your data itself, behind the #; whoever has the link has the data." : "";
  };
  session.on("changed", show);
  session.on("settled", () => { if (program.open) program.dispatchEvent(new Event("toggle")); });
  find("share").querySelector("h3")!.after(h("p", {}, button("save-points", "Save drawn points as points.csv", () => {
    const points = session.setup.points ?? [];
    download("points.csv", "x1,x2,class\n" + points.map((p) => p.join(",")).join("\n") + "\n", "text/csv");
  })));
  const savePoints = find("save-points").parentElement!;
  session.on("changed", ({ points }) => (savePoints.hidden = !points));
}
