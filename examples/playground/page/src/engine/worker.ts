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

/** Where an answer says {"floats": [offset, count]}, the numbers themselves. */
function withFloats(module: Module, answer: string, transfer: Transferable[]): { result?: unknown; error?: string } {
  const start = module._xgrad_floats() / 4;
  return JSON.parse(answer, (_key, value: unknown) => {
    if (!value || typeof value !== "object" || !("floats" in value)) return value;
    const [offset, count] = value.floats as [number, number];
    const floats = module.HEAPF32.slice(start + offset, start + offset + count);
    transfer.push(floats.buffer);
    return floats;
  });
}

onmessage = async (event: MessageEvent<{ id: number }>) => {
  const { id } = event.data;
  try {
    const module = await engine;
    const start = performance.now();
    const request = JSON.stringify(event.data);
    const bytes = module.lengthBytesUTF8(request) + 1;
    const address = module._malloc(bytes);
    if (!address) throw new Error("out of memory; take fewer points, units or layers");
    module.stringToUTF8(request, address, bytes);
    const transfer: Transferable[] = [];
    const answer = withFloats(module, module.UTF8ToString(module._xgrad_call(address)), transfer);
    module._free(address);
    if (answer.error !== undefined) postMessage({ id, error: answer.error });
    else postMessage({ id, result: answer.result, milliseconds: performance.now() - start }, transfer);
  } catch (error) {
    postMessage({ error: `the engine stopped: ${error instanceof Error ? error.message : String(error)}; reload the page` });
  }
};
