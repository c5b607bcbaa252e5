// The page stays small: its folder is at most 300 kB, as a host packs it (docs/publishing.md).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { site } from "./support.mjs";

test("the folder is at most 300 kB by gzip -9", () => {
  const folder = join(site, "playground");
  const sizes = readdirSync(folder).map((name) => [name, execFileSync("gzip", ["-9nc", join(folder, name)]).length]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(total <= 300_000, `${total} bytes: ${sizes.map(([name, size]) => `${name} ${size}`).join(", ")}`);
});
