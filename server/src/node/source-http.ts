import { type HttpRequest, SourceError, type SourceKind, type SourceSettings } from '../core/index.js';
import { asker, largestAnswer, type Patience, type Reply, type Sent, tooLarge, usualPatience } from '../host/source-asker.js';
import { withoutSecret } from './source-secret.js';

const redirects = new Set([301, 302, 303, 307, 308]);

/** Asks a server from this process: the secret goes to the host of the settings only, and follows no redirect to another.
 * @errors SourceError, in which the secret is never */
export function httpAsker(
  kind: SourceKind,
  settings: SourceSettings,
  secret: string | undefined,
  patience: Patience = usualPatience,
): (request: HttpRequest) => Promise<unknown> {
  const base = new URL(kind.address(settings));
  const authorization: Record<string, string> =
    secret === undefined
      ? {}
      : settings.user !== undefined && settings.token_env === undefined
        ? { authorization: `Basic ${Buffer.from(`${settings.user}:${secret}`).toString('base64')}` }
        : kind.secret === 'bearer'
          ? { authorization: `Bearer ${secret}` }
          : { [kind.secret]: secret };

  const send = async (request: Sent, url: URL, hops = 0): Promise<Reply> => {
    const response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': 'mlcost', ...request.headers, ...authorization },
      redirect: 'manual',
      signal: AbortSignal.timeout(patience.timeout),
      ...(request.body === undefined ? {} : { body: request.body }),
    }).catch((error: unknown) => {
      throw new Error(reason(error));
    });
    if (redirects.has(response.status)) {
      await response.body?.cancel();
      const to = new URL(response.headers.get('location') ?? '', url);
      if (to.origin !== base.origin)
        throw new SourceError(`${base.host} sends on to ${to.host}`, `a secret goes to no other host: write that address in the settings if it is right`);
      if (hops >= 3) throw new SourceError(`${base.host} sends round and round`, 'check the address');
      return send({ ...request, ...(response.status === 303 ? { method: 'GET' as const } : {}) }, to, hops + 1);
    }
    return { status: response.status, text: await bounded(response), retryAfter: response.headers.get('retry-after') };
  };
  const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  return asker(
    kind,
    settings,
    (request) => send(request, new URL(request.url)),
    delay,
    patience,
    (text) => withoutSecret(text, secret),
  );
}
async function bounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (response.body)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > largestAnswer) throw tooLarge();
      pieces.push(piece);
    }
  return Buffer.concat(pieces).toString('utf8');
}
/** Why fetch failed: the cause has it. */
const reason = (error: unknown): string => {
  const cause = (error as { cause?: unknown }).cause;
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return cause instanceof Error ? ((cause as { code?: string }).code ?? cause.message) : error instanceof Error ? error.message : String(error);
};
