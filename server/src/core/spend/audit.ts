import { sha256 } from './sha256.js';

/** What happened, in a chain: each record holds the hash of the one before, so that none can be changed or taken out unseen. */
export interface AuditRecord {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Hash of the record before; of the first one, zeros. */
  readonly previous: string;
  /** Of all of the above. */
  readonly hash: string;
}
export const auditFile = '.mlcost/audit/log.jsonl';
const origin = '0'.repeat(64);

/** The line that a happening adds to the log.
 * @param last the last record, if there is one */
export function auditLine(last: AuditRecord | undefined, at: string, kind: string, data: AuditRecord['data']): string {
  const record = { seq: (last?.seq ?? 0) + 1, at, kind, data, previous: last?.hash ?? origin };
  return `${JSON.stringify({ ...record, hash: sha256(canonical(record)) })}\n`;
}
/** What a log becomes by a happening: how much of it stays, and the lines that come after.
 * A record that was left half written is taken off, and that is written down too. */
export function auditAfter(text: string, at: string, kind: string, data: AuditRecord['data']): { readonly stays: string; readonly lines: string } {
  const stays = text.slice(0, text.lastIndexOf('\n') + 1);
  const last = readAuditLine(stays.slice(stays.lastIndexOf('\n', stays.length - 2) + 1).trimEnd());
  if (stays.length === text.length) return { stays, lines: auditLine(last, at, kind, data) };
  const repaired = auditLine(last, at, 'repaired', { cutOff: text.slice(stays.length).slice(0, 2000) });
  return { stays, lines: repaired + auditLine(readAuditLine(repaired.trimEnd()), at, kind, data) };
}
export type Verdict =
  | { readonly ok: true; readonly records: number; readonly head: string }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Whether a log is whole. A log that was cut off at its end is whole in itself: only its head, kept elsewhere, tells.
 * @param head hash that the last record must have */
export function verifyAudit(text: string, head?: string): Verdict {
  let last: AuditRecord | undefined;
  const lines = text.split('\n');
  const cut = lines.pop() ?? '';
  for (const [at, line] of lines.entries()) {
    const broken = (reason: string): Verdict => ({ ok: false, line: at + 1, reason });
    const record = readAuditLine(line);
    if (!record) return broken('no record of the log');
    if (record.seq !== (last?.seq ?? 0) + 1) return broken(`number ${record.seq} follows ${last?.seq ?? 0}`);
    if (record.previous !== (last?.hash ?? origin)) return broken('does not follow from the record before');
    const { hash, ...rest } = record;
    if (sha256(canonical(rest)) !== hash) return broken('was changed after it was written');
    last = record;
  }
  if (cut !== '') return { ok: false, line: lines.length + 1, reason: 'the last record is cut off' };
  if (head !== undefined && (last?.hash ?? origin) !== head)
    return { ok: false, line: lines.length, reason: `ends in ${last?.hash ?? origin}, not in ${head}: records are missing` };
  return { ok: true, records: lines.length, head: last?.hash ?? origin };
}
export function readAuditLine(line: string): AuditRecord | undefined {
  try {
    const one = JSON.parse(line) as Partial<AuditRecord> | null;
    const sound =
      typeof one?.seq === 'number' &&
      typeof one.at === 'string' &&
      typeof one.kind === 'string' &&
      typeof one.previous === 'string' &&
      typeof one.hash === 'string' &&
      typeof one.data === 'object';
    return sound ? (one as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}
/** The same text for the same content, in whatever order its keys stand. */
const canonical = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(canonical).join()}]`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value)
          .filter(([, one]) => one !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
          .join()}}`
      : JSON.stringify(value);
