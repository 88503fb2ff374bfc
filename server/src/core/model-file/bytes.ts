/** Bytes that can be read at any place: a file, or an array. Nothing here ever asks for the whole. */
export interface ByteSource {
  /** @unit B */
  readonly size: number;
  /** @returns `length` bytes from `offset`; fewer only where the source ends */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file that is not what its name says, or that is damaged: the message is for a person. */
export class ModelFileError extends Error {}

export const fromBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

/** A window over a source: bytes near each other are read once. */
export class Window {
  private bytes: Uint8Array = new Uint8Array();
  private view: DataView = new DataView(new ArrayBuffer(0));
  private start = 0;
  private readonly source: ByteSource;
  private readonly step: number;
  constructor(source: ByteSource, step = 1 << 16) {
    this.source = source;
    this.step = step;
  }
  /** True if `length` bytes at `at` can be taken without waiting. */
  has(at: number, length: number): boolean {
    return at >= this.start && at + length <= this.start + this.bytes.length;
  }
  /** Reads so that `length` bytes at `at` are there, or all up to the end of the source.
   * @errors ModelFileError if the source ends before what it says it holds */
  async load(at: number, length: number): Promise<void> {
    if (this.has(at, length)) return;
    const wanted = Math.min(Math.max(length, this.step), this.source.size - at);
    const bytes = wanted > 0 ? await this.source.read(at, wanted) : new Uint8Array();
    if (bytes.length < Math.min(length, this.source.size - at)) throw new ModelFileError(`the file ends early: at byte ${at} nothing more could be read`);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = at;
  }
  byte(at: number): number {
    return this.bytes[at - this.start] ?? 0;
  }
  slice(at: number, length: number): Uint8Array {
    return this.bytes.subarray(at - this.start, at - this.start + length);
  }
  number(at: number, kind: 'Float32' | 'Float64' | 'Uint16' | 'Int16' | 'Uint32' | 'Int32'): number {
    return this.view[`get${kind}`](at - this.start, true);
  }
  /** A 64-bit integer as a number: exact to 2⁵³. */
  long(at: number, signed = true): number {
    const high = this.view[signed ? 'getInt32' : 'getUint32'](at - this.start + 4, true);
    return high * 2 ** 32 + this.view.getUint32(at - this.start, true);
  }
}
