import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AuditRecord, auditFile, auditLine, readAuditLine } from '../core/index.js';
import { locked } from './ledger-lock.js';

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Adds what happened to the audit log of a workspace; it is on the disk when this ends.
 * A record that a power cut left half written is taken off, and that is written down too. */
export async function record(root: string, kind: string, data: AuditRecord['data'], at = new Date().toISOString()): Promise<void> {
  const file = path.join(root, auditFile);
  await mkdir(path.dirname(file), { recursive: true });
  await locked(path.dirname(file), async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    let last = readAuditLine(whole.slice(whole.lastIndexOf('\n', whole.length - 2) + 1).trimEnd());
    const handle = await open(file, 'a');
    try {
      let lines = '';
      if (whole.length < text.length) {
        await handle.truncate(Buffer.byteLength(whole));
        lines = auditLine(last, at, 'repaired', { cutOff: text.slice(whole.length).slice(0, 2000) }, sha256);
        last = readAuditLine(lines.trimEnd());
      }
      await handle.appendFile(lines + auditLine(last, at, kind, data, sha256));
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
