// A Setup, a step and an open panel as the part of an address behind the #, and back. Nothing of it reaches a server.

import type { Options, Point } from "../engine/protocol";
import type { Change, Setup } from "./setup";

export interface Moment {
  setup: Setup;
  step: number;
  panel: string | null;
}

/** A longer address is cut by some chats and mail programs. */
export const longestTable = 20_000;

const ours = new Set(["step", "panel", "dots", "table", "weights", "then", "until", "patient"]);

const text = (options: Options): string => Object.entries(options).map(([k, v]) => `${k}:${v}`).join("~");

function options(text: string): Options {
  return Object.fromEntries(text.split("~").filter(Boolean).map((pair) => {
    const at = pair.indexOf(":");
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

const short = (v: number): string => String(Math.round(v * 1000) / 1000);

export function toHash({ setup, step, panel }: Moment): string {
  const query = new URLSearchParams(setup.options);
  if (setup.points) query.set("dots", setup.points.map((p) => p.map(short).join(",")).join(";"));
  if (setup.table !== undefined && setup.table.length <= longestTable) query.set("table", setup.table);
  if (setup.weights)
    query.set("weights", Object.entries(setup.weights).map(([k, v]) => `${k}:${v.join(",")}`).join("~"));
  if (setup.changes.length) query.set("then", setup.changes.map((c) => `${c.step}@${text(c.options)}`).join("|"));
  if (setup.stop.accuracy !== undefined) query.set("until", String(setup.stop.accuracy));
  if (setup.stop.patience !== undefined) query.set("patient", String(setup.stop.patience));
  if (step > 0) query.set("step", String(step));
  if (panel) query.set("panel", panel);
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%3B", ";").replaceAll("%40", "@");
}

const numbers = (list: string): number[] => list.split(",").map(Number);
const whole = (text: string | null): number => Math.max(0, Math.floor(Number(text) || 0));

/** Null for an address that says nothing. What cannot be read in it is left out; the engine judges the options. */
export function fromHash(hash: string): Moment | null {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  if (![...query.keys()].length) return null;
  const setup: Setup = { options: {}, changes: [], stop: {} };
  for (const [name, value] of query) if (!ours.has(name)) setup.options[name] = value;
  const dots = query.get("dots");
  if (dots !== null)
    setup.points = dots.split(";").map(numbers).filter((p): p is Point => p.length === 3 && p.every(Number.isFinite));
  const table = query.get("table");
  if (table !== null) setup.table = table;
  const weights = query.get("weights");
  if (weights) setup.weights = Object.fromEntries(Object.entries(options(weights)).map(([k, v]) => [k, numbers(v)]));
  setup.changes = (query.get("then") ?? "").split("|").filter(Boolean).map((part): Change => {
    const at = part.indexOf("@");
    return { step: whole(part.slice(0, at)), options: options(part.slice(at + 1)) };
  });
  for (const [key, name] of [["until", "accuracy"], ["patient", "patience"]] as const) {
    const value = Number(query.get(key));
    if (query.has(key) && value > 0) setup.stop[name] = value;
  }
  return { setup, step: whole(query.get("step")), panel: query.get("panel") };
}

