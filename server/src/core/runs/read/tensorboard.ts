import type { RunPart } from '../../model/run.js';
import { folderOf } from '../../text/uri.js';
import { utf8 } from '../../text/utf8.js';
import { given } from './json.js';

/** Records of one file that are looked at. */
const maxRecords = 200_000;
const maxTags = 400;

interface Scalar {
  readonly step: number;
  readonly value: number;
  readonly time: number;
}

/** Scalars of a TensorBoard event file by tag, in the order written. Images, graphs and histograms are skipped; a file that ends in the middle is read until there.
 * @source tensorflow/core/util/event.proto, summary.proto; TFRecord framing: length (8 B), its checksum (4 B), data, checksum (4 B) */
export function readScalars(bytes: Uint8Array): Map<string, Scalar[]> {
  const found = new Map<string, Scalar[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, count = 0; at + 12 <= bytes.length && count < maxRecords; count++) {
    const length = view.getUint32(at, true);
    if (view.getUint32(at + 4, true) !== 0 || at + 16 + length > bytes.length) break;
    event(bytes, view, at + 12, at + 12 + length, found);
    at += 16 + length;
  }
  return found;
}

function event(bytes: Uint8Array, view: DataView, start: number, end: number, found: Map<string, Scalar[]>): void {
  let time = 0;
  let step = 0;
  const summaries: [number, number][] = [];
  for (const field of fieldsOf(bytes, start, end)) {
    if (field.number === 1 && field.wire === 1) time = view.getFloat64(field.start, true);
    else if (field.number === 2 && field.wire === 0) step = field.value;
    else if (field.number === 5 && field.wire === 2) summaries.push([field.start, field.end]);
  }
  for (const [from, to] of summaries) {
    for (const one of fieldsOf(bytes, from, to)) {
      if (one.number !== 1 || one.wire !== 2) continue;
      let tag: string | undefined;
      let value: number | undefined;
      for (const part of fieldsOf(bytes, one.start, one.end)) {
        if (part.number === 1 && part.wire === 2 && part.end - part.start < 300) tag = utf8(bytes.subarray(part.start, part.end));
        else if (part.number === 2 && part.wire === 5) value = view.getFloat32(part.start, true);
        else if (part.number === 8 && part.wire === 2) value ??= tensor(bytes, view, part.start, part.end);
      }
      if (tag === undefined || value === undefined || (!found.has(tag) && found.size >= maxTags)) continue;
      const list = found.get(tag);
      if (list) list.push({ step, value, time });
      else found.set(tag, [{ step, value, time }]);
    }
  }
}

/** The one number of a scalar tensor of 32-bit floats. */
function tensor(bytes: Uint8Array, view: DataView, start: number, end: number): number | undefined {
  for (const field of fieldsOf(bytes, start, end)) {
    if (field.number === 4 && field.wire === 2 && field.end - field.start === 4) return view.getFloat32(field.start, true);
    if (field.number === 5 && field.wire === 5) return view.getFloat32(field.start, true);
    if (field.number === 5 && field.wire === 2 && field.end - field.start === 4) return view.getFloat32(field.start, true);
  }
  return undefined;
}

interface Field {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly end: number;
  readonly value: number;
}
/** The fields of a protobuf message; ends where it makes no sense any more. */
function* fieldsOf(bytes: Uint8Array, start: number, end: number): Generator<Field> {
  let at = start;
  const varint = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 64 && at < end; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return undefined;
  };
  while (at < end) {
    const key = varint();
    if (key === undefined) return;
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) {
      const value = varint();
      if (value === undefined) return;
      yield { number, wire, start: at, end: at, value };
      continue;
    }
    const size = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint() : undefined;
    if (size === undefined || at + size > end) return;
    yield { number, wire, start: at, end: at + size, value: 0 };
    at += size;
  }
}

/** A TensorBoard event file: the Trainer's closing figures where it logged them, else the speed between the steps that were logged.
 * The median of the gaps leaves out evaluations and pauses. */
export function readTensorBoard(uri: string, bytes: Uint8Array): RunPart | undefined {
  const scalars = readScalars(bytes);
  const last = (...names: readonly string[]): number | undefined => {
    for (const name of names) {
      const value = (scalars.get(name) ?? scalars.get(`train/${name}`))?.at(-1)?.value;
      if (value !== undefined && Number.isFinite(value) && value > 0) return value;
    }
    return undefined;
  };
  const loss = [...scalars].filter(([tag]) => /loss/i.test(tag) && !/eval|val|test/i.test(tag)).sort(([, a], [, b]) => b.length - a.length)[0]?.[1] ?? [];
  const gaps = loss
    .slice(1)
    .map((one, index) => (one.time - loss[index]!.time) / (one.step - loss[index]!.step))
    .filter((gap) => Number.isFinite(gap) && gap > 0)
    .sort((a, b) => a - b);
  const seconds = last('train_runtime');
  const first = loss[0];
  const end = loss.at(-1);
  if (seconds === undefined && gaps.length < 3) return undefined;
  const spent = first && end && end.time > first.time ? end.time - first.time : undefined;
  const steps = end && end.step > 0 ? end.step : undefined;
  return {
    source: 'tensorboard',
    kind: 'training',
    // `runs/<day>_<host>/` lies in the output folder of the Trainer.
    key: folderOf(uri).replace(/\/runs\/[^/]+$/, ''),
    outputDir: folderOf(uri).replace(/\/runs\/[^/]+$/, ''),
    facts: {},
    measured: given({
      // What was before the first logged step is not in it: only a closing figure is the whole run.
      wall_hours: seconds === undefined ? undefined : seconds / 3600,
      logged_hours: spent === undefined ? undefined : spent / 3600,
      step_time_s: gaps.length >= 3 ? gaps[Math.floor(gaps.length / 2)] : undefined,
      samples_per_s: last('train_samples_per_second'),
      steps,
    }),
    ...(first ? { at: iso(first.time) } : {}),
    weight: seconds === undefined ? -1 : 0,
  };
}

/** Seconds since 1970 as ISO 8601, by the civil calendar (Hinnant, chrono-compatible date algorithms). */
export function iso(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const rest = Math.floor(seconds - days * 86_400);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
}
