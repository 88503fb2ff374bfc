import * as z from 'zod';
import { once } from '../../model/once.js';
import { type TagName, tagNames } from '../dimensions.js';

/** Days after which what a source says of a day is taken to be final. */
export const usualLateDays = 3;

/** Parts of the settings of more than one kind. */
export const parts = once(() => {
  const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written YYYY-MM-DD');
  const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable is expected, not a secret');

  /** What every source has. */
  const common = {
    name: z
      .string()
      .regex(/^[a-z0-9][\w.-]{0,60}$/i, 'letters, digits, dots, dashes')
      .describe('Your name for it: stands beside its money (`--by source`), in `mlcost spend pull NAME`.'),
    from: day.optional().describe('First day that is read; if it is not said, the first of last month at the first time.'),
    late_days: z
      .number()
      .int()
      .min(0)
      .max(60)
      .optional()
      .describe(`Days that are read again each time, for what comes late or is corrected; ${usualLateDays} if it is not said.`),
    refresh_hours: z.number().min(1).max(168).optional().describe('How often the editor reads it; never if it is not said.'),
    tags: z
      .partialRecord(z.enum(tagNames), z.string().min(1))
      .optional()
      .describe('Tags of everything that it tells and that has none of its own: `team: search`.'),
  } as const;
  /** What is reached over HTTP. */
  const overHttp = {
    token_env: variable.optional().describe('Environment variable that holds the token. `<NAME>_HOST` beside it says which host it is for.'),
    insecure_http: z.boolean().optional().describe('true: a plain http address beyond this machine is meant.'),
  } as const;
  const withPassword = {
    user: z.string().min(1).optional().describe('User name; its password comes from `password_env`.'),
    password_env: variable.optional().describe('Environment variable that holds the password. `<NAME>_HOST` beside it says which host it is for.'),
  } as const;
  const address = z
    .string()
    .regex(/^https?:\/\/[^\s/@]+[^\s@]*$/, 'an address is expected: https://prometheus.example.com')
    .describe('Address of the server, with the path before its API if it has one.');
  /** Of a source that measures what others bill: whose money it is must be said, for it would count twice. */
  const counts = z
    .boolean()
    .describe('true: its money counts as spend, because no other source or import bills the same; false: it is kept as use beside the bill.');
  const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters: USD');

  return { common, overHttp, withPassword, address, counts, currency };
});

/** What the kinds have in common, as it is read. */
export interface CommonSettings {
  readonly name: string;
  readonly kind: string;
  readonly from?: string | undefined;
  readonly late_days?: number | undefined;
  readonly refresh_hours?: number | undefined;
  readonly tags?: Readonly<Partial<Record<TagName, string>>> | undefined;
  readonly token_env?: string | undefined;
  readonly user?: string | undefined;
  readonly password_env?: string | undefined;
  readonly insecure_http?: boolean | undefined;
}
/** The environment variable that holds its secret. */
export const secretVariable = ({ token_env, password_env }: CommonSettings): string | undefined => token_env ?? password_env;
/** A machine that is this one. */
export const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(hostname);
