import { Language, Parser, type Tree } from 'web-tree-sitter';
import { withLessMemory } from './runtime-memory.js';

export type GrammarName = 'python' | 'typescript' | 'tsx';
/** Files of the runtime and of each grammar, as the build lays them beside the server. */
export const runtimeFile = 'web-tree-sitter.wasm';
export const grammarFiles: Readonly<Record<GrammarName, string>> = {
  python: 'tree-sitter-python.wasm',
  typescript: 'tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-tsx.wasm',
};
export type ReadAsset = (name: string) => Promise<Uint8Array>;

/** Loads the wasm runtime and grammars, each once, when first needed. A load that fails is forgotten, so that the next request tries again. */
export class Grammars {
  private readonly read: ReadAsset;
  private readonly memory: unknown;
  private runtime: Promise<void> | undefined;
  private readonly loading = new Map<GrammarName, Promise<Parser>>();
  private readonly ready = new Map<GrammarName, Parser>();
  /** @param memory a WebAssembly.Memory, where somebody wants to read its size; this code knows no host types */
  constructor(read: ReadAsset, memory?: unknown) {
    this.read = read;
    this.memory = memory;
  }
  load(name: GrammarName): Promise<Parser> {
    let loading = this.loading.get(name);
    if (!loading) {
      loading = this.loadOnce(name).catch((error: unknown) => {
        this.loading.delete(name);
        throw error;
      });
      this.loading.set(name, loading);
    }
    return loading;
  }
  /** The parser, if its grammar is loaded. */
  parser(name: GrammarName): Parser | undefined {
    return this.ready.get(name);
  }
  private async loadOnce(name: GrammarName): Promise<Parser> {
    this.runtime ??= this.start().catch((error: unknown) => {
      this.runtime = undefined;
      throw error;
    });
    const [bytes] = await Promise.all([this.read(grammarFiles[name]), this.runtime]);
    const parser = new Parser();
    parser.setLanguage(await Language.load(bytes));
    this.ready.set(name, parser);
    return parser;
  }
  private async start(): Promise<void> {
    const core = await this.read(runtimeFile);
    // locateFile is called although the bytes are here; without it a worker bundle asks its empty import.meta.
    const options = { ...withLessMemory(core), locateFile: (file: string) => file, ...(this.memory === undefined ? {} : { wasmMemory: this.memory }) };
    await Parser.init(options as unknown as Parameters<typeof Parser.init>[0]);
  }
}
export type { Tree };
