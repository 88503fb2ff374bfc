import { setFlagsFromString } from 'node:v8';
import { programOf } from './kept-code.js';

// The grammar runs as V8 first compiles it: optimising it takes longer than the parse of a long file, and 8 MB (docs/decisions/0004-start.md).
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
const at = process.argv.indexOf('--code-cache');
programOf(__dirname, require, at < 0 ? undefined : process.argv[at + 1]).serve();
