// Floats of 16 bits with the range of 32: the upper half of a float32, with 8 significant bits.

/** The least such number that is not below a positive one. */
export function atLeast(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const low = bits[0]! & 0xffff;
  bits[0] = bits[0]! - low + (low > 0 ? 0x10000 : 0);
  return new Float32Array(bits.buffer)[0]!;
}
/** The nearest ones, those with an even last bit where two are as near; little-endian. */
export function bfloat16Bytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const bits = new Uint32Array(values.slice().buffer);
  for (let at = 0; at < values.length; at++) {
    const whole = bits[at]!;
    const upper = Number.isNaN(values[at]) ? (whole >>> 16) | 0x40 : Math.floor((whole + 0x7fff + ((whole >>> 16) & 1)) / 0x10000);
    bytes[at * 2] = upper & 0xff;
    bytes[at * 2 + 1] = upper >>> 8;
  }
  return bytes;
}
