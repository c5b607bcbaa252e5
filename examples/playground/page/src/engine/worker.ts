// The worker's end: gives each request to the engine as JSON, and puts the numbers that an answer points to in its
// place. The build puts the engine's text before this.

interface Module {
  _xgrad_call(request: number): number;
  _xgrad_floats(): number;
  _malloc(bytes: number): number;
  _free(address: number): void;
  UTF8ToString(address: number): string;
  stringToUTF8(text: string, address: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
  HEAPF32: Float32Array;
}

declare function createEngine(from: { wasmBinary: Uint8Array } | { locateFile(): string }): Promise<Module>;
/** Of the folder the file's name, of the single file its content in base64: the build says which. */
declare const wasm: { name: string } | { base64: string };
declare function postMessage(message: unknown, transfer?: Transferable[]): void;

const engine = createEngine("name" in wasm
  ? { locateFile: () => new URL(wasm.name, location.href).href }
  : { wasmBinary: Uint8Array.from(atob(wasm.base64), (c) => c.charCodeAt(0)) });

type Floats = [offset: number, count: number];
type Json = Record<string, unknown>;

/** Where answers hold lists of floats: entries of their parts. */
const places: Record<string, (result: Json) => [Json, string][]> = {
  open: (r) => [r["train"], r["dev"]].filter(Boolean).flatMap((part): [Json, string][] => [[part as Json, "x"], [part as Json, "y"]]),
  map: (r) => [[r, "net"], ...(r["layers"] as Json[]).map((l): [Json, string] => [l, "values"])],
};
places["load"] = places["open"]!;

onmessage = async (event: MessageEvent<{ id: number; cmd: string }>) => {
  const { id, cmd } = event.data;
  try {
    const module = await engine;
    const request = JSON.stringify(event.data);
    const bytes = module.lengthBytesUTF8(request) + 1;
    const address = module._malloc(bytes);
    if (!address) throw new Error("out of memory; take fewer points, units or layers");
    module.stringToUTF8(request, address, bytes);
    const answer = JSON.parse(module.UTF8ToString(module._xgrad_call(address))) as { result?: Json; error?: string };
    module._free(address);
    if (answer.result === undefined) {
      postMessage({ id, error: answer.error ?? "the engine gave no answer" });
      return;
    }
    const transfer: Transferable[] = [];
    const start = module._xgrad_floats() / 4;
    for (const [holder, name] of places[cmd]?.(answer.result) ?? []) {
      const [offset, count] = holder[name] as Floats;
      const floats = module.HEAPF32.slice(start + offset, start + offset + count);
      holder[name] = floats;
      transfer.push(floats.buffer);
    }
    postMessage({ id, result: answer.result }, transfer);
  } catch (error) {
    postMessage({ error: `the engine stopped: ${error instanceof Error ? error.message : String(error)}; reload the page` });
  }
};
