// README and docs/ as a site of static pages, without a script at run time.
//
//     node build.mjs [OUTPUT] [TOP]
//
// OUTPUT is build/site of the repository if not given. What else stands there, the playground for one, stays. TOP is the folder with
// README.md and docs/; tests give another one. Nothing is written unless every link and anchor leads somewhere.

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Faults, read } from "./read.mjs";
import { write } from "./write.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const top = resolve(process.argv[3] ?? join(here, "../.."));
const output = resolve(process.argv[2] ?? join(top, "build/site"));

try {
  const { pages, sources, figures } = write(read(top), output);
  console.log(`${pages} pages, ${sources} source files and ${figures} figures in ${output}`);
} catch (error) {
  if (!(error instanceof Faults) && !error.code) throw error;
  for (const line of error.lines ?? [error.message]) console.error(`build.mjs: ${line}`);
  process.exit(1);
}
