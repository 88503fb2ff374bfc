import { exactJson, type HttpRequest, isLoopback, SourceError, type SourceKind, type SourceSettings } from '../core/index.js';

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
export const largestAnswer = 64 << 20;
const busy = new Set([429, 502, 503, 504]);

/** A request with its whole address; its secret is added by who sends it. */
export interface Sent extends Pick<HttpRequest, 'method' | 'body'> {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The header of this name. @unit s */
  readonly retryAfter: string | null;
}
/** Sends a request once.
 * @errors SourceError, in which the secret is never; any other error: nothing was answered, and it is tried again */
export type Send = (request: Sent) => Promise<Reply>;

/** The host and port that an address names. */
export const hostOf = (url: string): string => /^\w+:\/\/([^/?#]+)/.exec(url)?.[1]?.toLowerCase() ?? '';
const originOf = (url: string): string => (/^\w+:\/\/[^/?#]+/.exec(url)?.[0] ?? '').toLowerCase().replace(/^(https:\/\/.*):443$|^(http:\/\/.*):80$/, '$1$2');

/** Asks a server over HTTP, by whatever way this host has: by TLS unless it is this machine or the settings say so, the host of the settings only, and again where it is busy.
 * @param delay ends after some milliseconds
 * @param clean takes the secret out of a text, where this side knows it
 * @errors SourceError */
export function asker(
  kind: SourceKind,
  settings: SourceSettings,
  send: Send,
  delay: (ms: number) => Promise<void>,
  patience: Patience = usualPatience,
  clean: (text: string) => string = (text) => text,
): (request: HttpRequest) => Promise<unknown> {
  const base = kind.address(settings);
  const host = hostOf(base);
  if (!base.startsWith('https:') && !isLoopback(host.replace(/:\d+$/, '')) && settings.insecure_http !== true)
    throw new SourceError(`${host} would be asked without encryption`, 'use https://, or say insecure_http: true if that is meant');

  return async (request) => {
    const address = request.url ?? `${base.replace(/[?#].*$/, '').replace(/\/$/, '')}${request.path}`;
    if (originOf(address) !== originOf(base))
      throw new SourceError(
        `the answer names ${hostOf(address)}, which is not the host of the settings`,
        'set the server’s own address right, as clients see it',
      );
    const query = (request.query ?? []).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
    const sent: Sent = {
      url: query === '' ? address : `${address}${address.includes('?') ? '&' : '?'}${query}`,
      headers: { accept: 'application/json', ...request.headers },
      ...(request.method === undefined ? {} : { method: request.method }),
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    for (let attempt = 1; ; attempt++) {
      let failure: string;
      let wait = patience.wait * 2 ** (attempt - 1);
      try {
        const { status, text, retryAfter } = await send(sent);
        if (status >= 200 && status < 300) {
          if (text.trim() === '') return undefined;
          const answer = exactJson(text);
          if (answer === undefined)
            throw new SourceError(`${host} answers with something that is no JSON`, 'check that the address is that of the API, not of its web page');
          return answer;
        }
        if (!busy.has(status)) throw refused(kind, host, status, clean(text));
        failure = `${host} answers ${status}`;
        const asked = Number(retryAfter) * 1000;
        if (Number.isFinite(asked) && asked > wait) wait = Math.min(asked, longestWait);
      } catch (error) {
        if (error instanceof SourceError) throw error;
        failure = clean(`${host} cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (attempt >= patience.attempts) throw new SourceError(`${failure}, ${attempt} times`, 'check the address and the network, or try again later');
      await delay(wait);
    }
  };
}
export const tooLarge = (): SourceError =>
  new SourceError(`an answer of more than ${largestAnswer >> 20} MiB`, 'ask for less: fewer labels or groups, a later day with from:');
function refused(kind: SourceKind, host: string, status: number, text: string): SourceError {
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
