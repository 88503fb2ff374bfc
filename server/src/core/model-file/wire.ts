// Writes messages: the counterpart of protobuf.ts. Source: protobuf.dev/programming-guides/encoding (wire format).

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
/** A number of seven bits a byte. @param value whole, 0 to 2⁵³ */
export function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}
/** Tag and length of a field whose bytes follow. */
export const fieldHead = (field: number, length: number): Uint8Array => joined([varintBytes(field * 8 + 2), varintBytes(length)]);
export const numberField = (field: number, value: number): Uint8Array => joined([varintBytes(field * 8), varintBytes(value)]);
export const bytesField = (field: number, bytes: Uint8Array): Uint8Array => joined([fieldHead(field, bytes.length), bytes]);
export const textField = (field: number, text: string): Uint8Array => bytesField(field, utf8Bytes(text));

/** UTF-8 of a text. The core has neither host's encoder. */
function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}
