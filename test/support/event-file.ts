/** A TensorBoard event file of scalars: `[tag, step, value, wall time in s]`. Checksums are left 0: readers of scalars pass over them. */
export function eventFile(rows: readonly (readonly [string, number, number, number])[]): Uint8Array {
  const records = rows.map(([tag, step, value, time]) => {
    const name = new TextEncoder().encode(tag);
    const inner = Uint8Array.from([0x0a, name.length, ...name, 0x15, ...new Uint8Array(Float32Array.of(value).buffer)]);
    const summary = Uint8Array.from([0x0a, inner.length, ...inner]);
    return Uint8Array.from([0x09, ...new Uint8Array(Float64Array.of(time).buffer), 0x10, ...varint(step), 0x2a, summary.length, ...summary]);
  });
  return Uint8Array.from(records.flatMap((record) => [...new Uint8Array(Uint32Array.of(record.length, 0, 0).buffer), ...record, 0, 0, 0, 0]));
}
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
