// Builds the page: a folder for any static host, and one file that works by itself, without a network.
//
//     node build.mjs [ENGINE] [OUTPUT]
//
// ENGINE is the folder with playground_engine.js and .wasm as CMake makes them; OUTPUT/playground/ and OUTPUT/playground.html are what comes out.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const top = resolve(here, "../../..");
const engineFolder = resolve(process.argv[2] ?? join(top, "build/wasm/examples/playground"));
const output = resolve(process.argv[3] ?? join(top, "build/site"));

const read = (path) => readFileSync(path, "utf8");
const bundle = async (entry, makeWorker) => {
  const result = await build({
    entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, format: "iife", target: "es2022",
    logLevel: "warning", ...(makeWorker && { banner: { js: makeWorker } }),
  });
  return result.outputFiles[0].text.trim();
};
const minified = async (css) =>
  (await build({ stdin: { contents: css, loader: "css" }, minify: true, write: false })).outputFiles[0].text.trim();
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const name = (file, text) => file.replace(".", `.${createHash("sha256").update(text).digest("hex").slice(0, 8)}.`);
const inScript = (text) => text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

let engine, wasm;
try {
  engine = read(join(engineFolder, "playground_engine.js"));
  wasm = readFileSync(join(engineFolder, "playground_engine.wasm"));
} catch {
  console.error(`build.mjs: there is no playground_engine in ${engineFolder}; build that CMake target first`);
  process.exit(1);
}
const html = read(join(here, "index.html"));
const style = await minified(read(join(here, "node_modules/uplot/dist/uPlot.min.css")) + read(join(here, "style.css")));
const workerCode = await bundle("src/engine/worker.ts");
const worker = (wasm) => `${engine}\nconst wasm = ${JSON.stringify(wasm)};\n${workerCode}`;
const none = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data: blob:";
const page = (parts) => Object.entries(parts).reduce((text, [key, value]) => text.replace(`%${key}%`, () => value), html);

// The folder: files with their hash in the name, so that a host may let browsers keep them.
const folder = join(output, "playground");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const wasmName = name("engine.wasm", wasm);
const folderWorker = worker({ name: wasmName });
const workerName = name("engine.js", folderWorker);
const script = await bundle("src/main.ts", `const makeWorker = () => new Worker(new URL("${workerName}", document.baseURI));`);
const files = { [wasmName]: wasm, [workerName]: folderWorker, [name("page.js", script)]: script, [name("style.css", style)]: style };
files["index.html"] = page({
  csp: `${none}; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'; connect-src 'self'`,
  style: `<link rel="stylesheet" href="${name("style.css", style)}">`,
  script: `<script src="${name("page.js", script)}"></script>`,
});
for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);

// The single file: the worker's text stands in the page's, and becomes a worker by way of a Blob.
const whole = inScript(await bundle("src/main.ts",
  `const makeWorker = () => new Worker(URL.createObjectURL(new Blob([${JSON.stringify(worker({ base64: wasm.toString("base64") }))}], { type: "text/javascript" })));`));
writeFileSync(join(output, "playground.html"), page({
  csp: `${none}; script-src ${hash(whole)} 'wasm-unsafe-eval'; style-src ${hash(style)}; worker-src blob:`,
  style: `<style>${style}</style>`,
  script: `<script>${whole}</script>`,
}));

const packed = Object.values(files).map((text) => gzipSync(text, { level: 9 }).length);
console.log(Object.keys(files).map((file, i) => `${file.padEnd(24)} ${(packed[i] / 1024).toFixed(1)} KiB gzipped`).join("\n"));
console.log(`in all                   ${(packed.reduce((a, b) => a + b) / 1024).toFixed(1)} KiB gzipped`);
