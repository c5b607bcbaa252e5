// What is published: a folder of at most 300 kB, as a host packs it (docs/publishing.md), that tells nothing of the machine
// it was built on.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { site, top } from "./support.mjs";

const folder = join(site, "playground");

test("the folder is at most 300 kB by gzip -9", () => {
  const sizes = readdirSync(folder).map((name) => [name, execFileSync("gzip", ["-9nc", join(folder, name)]).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(total <= 300_000, `${total} bytes: ${sizes.map(([name, size]) => `${name} ${size}`).join(", ")}`);
});

test("no file names the folder it was built in", () => {
  for (const name of readdirSync(folder)) assert.ok(!readFileSync(join(folder, name)).includes(top), `${name} has ${top}`);
});
