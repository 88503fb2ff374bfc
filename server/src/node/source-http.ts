import { exactJson, type HttpRequest, SourceError, type SourceKind, type SourceSettings } from '../core/index.js';
import { isLoopback, withoutSecret } from './source-secret.js';

/** How patient it is with servers. */
export interface Patience {
  /** @unit ms */
  readonly timeout: number;
  readonly attempts: number;
  /** Before the second attempt; it doubles. @unit ms */
  readonly wait: number;
}
export const usualPatience: Patience = { timeout: 60_000, attempts: 5, wait: 500 };
/** Longest wait that a server may ask for. @unit ms */
const longestWait = 60_000;
/** Largest answer. @unit B */
const largest = 64 << 20;
const busy = new Set([429, 502, 503, 504]);
const redirects = new Set([301, 302, 303, 307, 308]);

/** Asks a server over HTTP: by TLS unless it is this machine or the settings say so; the secret goes to the host of the settings only, and follows no redirect to another.
 * @errors SourceError, in which the secret is never */
export function httpAsker(
  kind: SourceKind,
  settings: SourceSettings,
  secret: string | undefined,
  patience: Patience = usualPatience,
): (request: HttpRequest) => Promise<unknown> {
  const base = new URL(kind.address(settings));
  if (base.protocol !== 'https:' && !isLoopback(base.hostname) && settings.insecure_http !== true)
    throw new SourceError(`${base.host} would be asked without encryption`, 'use https://, or say insecure_http: true if that is meant');
  const authorization: Record<string, string> =
    secret === undefined
      ? {}
      : settings.user !== undefined && settings.token_env === undefined
        ? { authorization: `Basic ${Buffer.from(`${settings.user}:${secret}`).toString('base64')}` }
        : kind.secret === 'bearer'
          ? { authorization: `Bearer ${secret}` }
          : { [kind.secret]: secret };
  const clean = (text: string): string => withoutSecret(text, secret);

  const once = async (request: HttpRequest, url: URL, hops = 0): Promise<{ status: number; text: string; retryAfter: string | null }> => {
    const signal = AbortSignal.timeout(patience.timeout);
    const response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { accept: 'application/json', 'user-agent': 'mlcost', ...request.headers, ...authorization },
      redirect: 'manual',
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    if (redirects.has(response.status)) {
      await response.body?.cancel();
      const to = new URL(response.headers.get('location') ?? '', url);
      if (to.origin !== base.origin)
        throw new SourceError(`${base.host} sends on to ${to.host}`, `a secret goes to no other host: write that address in the settings if it is right`);
      if (hops >= 3) throw new SourceError(`${base.host} sends round and round`, 'check the address');
      return once({ ...request, ...(response.status === 303 ? { method: 'GET' as const } : {}) }, to, hops + 1);
    }
    return { status: response.status, text: await bounded(response), retryAfter: response.headers.get('retry-after') };
  };

  return async (request) => {
    const url = request.url === undefined ? new URL(`${base.pathname.replace(/\/$/, '')}${request.path}`, base) : new URL(request.url);
    if (url.origin !== base.origin)
      throw new SourceError(`the answer names ${url.host}, which is not the host of the settings`, 'set the server’s own address right, as clients see it');
    for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
    for (let attempt = 1; ; attempt++) {
      let failure: string;
      let wait = patience.wait * 2 ** (attempt - 1);
      try {
        const { status, text, retryAfter } = await once(request, url);
        if (status >= 200 && status < 300) {
          if (text.trim() === '') return undefined;
          const answer = exactJson(text);
          if (answer === undefined)
            throw new SourceError(`${base.host} answers with something that is no JSON`, 'check that the address is that of the API, not of its web page');
          return answer;
        }
        if (!busy.has(status)) throw refused(kind, base, status, clean(text));
        failure = `${base.host} answers ${status}`;
        const asked = Number(retryAfter) * 1000;
        if (Number.isFinite(asked) && asked > wait) wait = Math.min(asked, longestWait);
      } catch (error) {
        if (error instanceof SourceError) throw error;
        failure = clean(`${base.host} cannot be reached: ${reason(error)}`);
      }
      if (attempt >= patience.attempts) throw new SourceError(`${failure}, ${attempt} times`, 'check the address and the network, or try again later');
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
}
async function bounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (response.body)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > largest) throw new SourceError(`an answer of more than ${largest >> 20} MiB`, 'ask for less: fewer labels or groups, a later day with from:');
      pieces.push(piece);
    }
  return Buffer.concat(pieces).toString('utf8');
}
function refused(kind: SourceKind, { host }: URL, status: number, text: string): SourceError {
  const answer = exactJson(text) as { error?: unknown; message?: unknown; detail?: unknown } | undefined;
  const said = [(answer?.error as { message?: unknown } | undefined)?.message, answer?.error, answer?.message, answer?.detail].find(
    (one) => typeof one === 'string',
  ) as string | undefined;
  const why = (said ?? '').slice(0, 300);
  const todo =
    status === 401 || status === 403
      ? `it needs ${kind.needs}`
      : status === 404
        ? 'check the address: this path is not there'
        : status === 422 && /too many samples/i.test(why)
          ? 'raise step_minutes, name fewer labels in by:, or narrow it with match:'
          : 'check the settings; the server does not take the request';
  return new SourceError(`${host} answers ${status}${why === '' ? '' : `: ${why}`}`, todo, status);
}
/** Why fetch failed: the cause has it. */
const reason = (error: unknown): string => {
  const cause = (error as { cause?: unknown }).cause;
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : error instanceof Error ? error.message : String(error);
};
