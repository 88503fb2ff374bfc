declare module 'hyparquet-compressors/src/lz4.js' {
  /** Blocks with Hadoop's headers before them, or without.
   * @param length bytes after unpacking */
  export function decompressLz4(input: Uint8Array, length: number): Uint8Array;
  export function decompressLz4Raw(input: Uint8Array, length: number): Uint8Array;
}
