/** Pages of 64 KiB that the parser's memory begins with; it takes more as it needs them. */
const first = 128;
/** How a module writes that it imports its memory: the name, a memory with a limit, and that it has at least 512 pages, in LEB128.
 * @source WebAssembly Core Specification 2.0, binary format: import section, limits */
const asked = [6, ...[...'memory'].map((letter) => letter.charCodeAt(0)), 2, 1, 0x80, 0x04];

/** The parser's runtime so that it begins with 8 MiB of memory instead of 32: V8 collects its whole heap when so much comes at once, before the first parse.
 * @returns the runtime as it is where it asks in another way */
export function withLessMemory(core: Uint8Array): { readonly wasmBinary: Uint8Array; readonly INITIAL_MEMORY?: number } {
  // What a module imports stands near its beginning.
  const at = core.subarray(0, 8192).findIndex((_, start) => asked.every((byte, place) => core[start + place] === byte));
  if (at < 0) return { wasmBinary: core };
  const wasmBinary = core.slice();
  wasmBinary.set([0x80 | (first & 0x7f), first >> 7], at + asked.length - 2);
  return { wasmBinary, INITIAL_MEMORY: first * 65_536 };
}
