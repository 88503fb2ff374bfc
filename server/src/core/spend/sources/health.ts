import type { CommonSettings } from './settings.js';

/** Where it is kept, below the workspace's root: beside the ledger, because it tells times. */
export const healthFile = '.mlcost/sources/health.json';
/** Nothing where there is none that can be read: then sources were never read. */
export function readHealth(text: string | null): Readonly<Record<string, SourceHealth>> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, SourceHealth>;
  } catch {
    return {};
  }
}
/** How the last attempts to read a source went. */
export interface SourceHealth {
  /** ISO time of the last attempt, and of the last one that succeeded. */
  readonly tried: string;
  readonly read?: string | undefined;
  /** Last day that it has told. */
  readonly through?: string | undefined;
  readonly error?: { readonly message: string; readonly todo: string } | undefined;
  readonly notes: readonly string[];
}
export type SourceCondition = 'ok' | 'old' | 'failed' | 'never';
export interface SourceStatus {
  readonly name: string;
  readonly kind: string;
  /** Whether its money counts as spend. */
  readonly counts: boolean;
  readonly condition: SourceCondition;
  /** Since the last success; absent where there was none. @unit ms */
  readonly age?: number;
  /** Since the last attempt. @unit ms */
  readonly sinceTried?: number;
  readonly through?: string;
  readonly message?: string;
  /** What a person can do. */
  readonly todo?: string;
  readonly notes: readonly string[];
}
/** Older than this, and longer than twice its own pace, is old.
 * @unit h */
const oldAfter = 36;

export function statusOf(settings: CommonSettings & { readonly counts?: boolean }, health: SourceHealth | undefined, now: number): SourceStatus {
  const base = { name: settings.name, kind: settings.kind, counts: settings.counts ?? true };
  if (!health) return { ...base, condition: 'never', todo: `mlcost spend pull ${settings.name}`, notes: [] };
  const age = health.read === undefined ? undefined : now - Date.parse(health.read);
  const isOld = age !== undefined && age > 3_600_000 * Math.max(oldAfter, 2 * (settings.refresh_hours ?? 0));
  return {
    ...base,
    condition: health.error ? 'failed' : isOld ? 'old' : 'ok',
    sinceTried: now - Date.parse(health.tried),
    ...(age === undefined ? {} : { age }),
    ...(health.through === undefined ? {} : { through: health.through }),
    ...(health.error ? { message: health.error.message, todo: health.error.todo } : isOld ? { todo: `mlcost spend pull ${settings.name}` } : {}),
    notes: health.notes,
  };
}
/** `2 hours`, as people say how old something is. */
export function ageText(ms: number): string {
  const [minutes, hours] = [Math.floor(ms / 60_000), Math.floor(ms / 3_600_000)];
  if (minutes < 1) return 'less than a minute';
  const [count, unit] = hours < 1 ? [minutes, 'minute'] : hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
/** One line of health. */
export function healthLine({ condition, age, through, message, todo }: SourceStatus): string {
  const read = age === undefined ? '' : `read ${ageText(age)} ago${through === undefined ? '' : `, through ${through}`}`;
  if (condition === 'ok') return read;
  if (condition === 'never') return `never read: ${todo}`;
  if (condition === 'old') return `old: ${read}: ${todo}`;
  return `failed: ${message}; ${todo}${read === '' ? '' : ` (${read})`}`;
}
