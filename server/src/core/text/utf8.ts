/** Text of UTF-8 bytes; what is no UTF-8 becomes `\ufffd`. The core has neither host's decoder. */
export function utf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    let code = more <= 0 ? first : first & (0x3f >> more);
    let sound = more >= 0 && at + more < bytes.length;
    for (let index = 1; index <= more && sound; index++) {
      const byte = bytes[at + index]!;
      sound = (byte & 0xc0) === 0x80;
      code = code * 64 + (byte & 0x3f);
    }
    text += sound && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    at += sound ? more + 1 : 1;
  }
  return text;
}
