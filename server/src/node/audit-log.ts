import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AuditRecord, auditAfter, auditFile, readAuditLine } from '../core/index.js';
import { locked } from './ledger-lock.js';

/** Adds what happened to the audit log of a workspace; it is on the disk when this ends.
 * A record that a power cut left half written is taken off, and that is written down too. */
export async function record(root: string, kind: string, data: AuditRecord['data'], at = new Date().toISOString()): Promise<void> {
  const file = path.join(root, auditFile);
  await mkdir(path.dirname(file), { recursive: true });
  await locked(path.dirname(file), async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    const { stays, lines } = auditAfter(text, at, kind, data);
    const handle = await open(file, 'a');
    try {
      if (stays.length < text.length) await handle.truncate(Buffer.byteLength(stays));
      await handle.appendFile(lines);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
/** The last record of a kind, or none. */
export async function lastRecord(root: string, kind: string): Promise<AuditRecord | undefined> {
  const text = await readFile(path.join(root, auditFile), 'utf8').catch(() => '');
  return text
    .split('\n')
    .reverse()
    .map(readAuditLine)
    .find((one) => one?.kind === kind);
}
