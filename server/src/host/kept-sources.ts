import {
  changeOf,
  isLoopback,
  type KeptSource,
  keptAfter,
  keptText,
  readKept,
  SourceError,
  type SourcePort,
  type SourceSettings,
  secretHost,
  secretVariable,
  sourceKindOf,
} from '../core/index.js';
import type { SourceReply } from '../protocol/sources.js';
import type { Host } from './host.js';
import { type Pulled, pullSource } from './pull.js';
import { asker, hostOf, largestAnswer, type Patience, type Sent, tooLarge } from './source-asker.js';
import type { SourceReach } from './source-reach.js';

/** Why a page cannot read a source at all; undefined where it can. */
export const whyNotHere = (settings: SourceSettings): string | undefined =>
  sourceKindOf(settings).address(settings).startsWith('http') ? undefined : 'a web page opens no connection to a database';

/** What a page keeps of the sources of a workspace root. */
export const keptOf = async (host: Host, root: string): Promise<Readonly<Record<string, KeptSource>>> =>
  host.sources ? (readKept(await host.sources.readKept())[root] ?? {}) : {};

/** Reads a source where no process can: over HTTP, from servers that let pages ask them; what it tells is kept beside the workspace.
 * @param root URI of the folder
 * @param all sources of the settings: what others told is kept no longer */
export async function pullKept(
  host: Host,
  reach: SourceReach,
  root: string,
  settings: SourceSettings,
  all: readonly SourceSettings[],
  patience?: Patience,
): Promise<Pulled> {
  const { name } = settings;
  let kept = (await keptOf(host, root))[name];
  const pulled = await pullSource(settings, {
    now: host.now(),
    before: kept?.health,
    state: async () => kept?.state,
    tell: async (span, answer, today) => {
      const change = changeOf(settings, kept?.state, span, answer, today);
      kept = keptAfter(kept, name, change);
      return { changed: change.changed, charges: change.charges.length, billed: {}, replaced: {} };
    },
    port: () => portTo(host, reach, settings, patience),
  });
  const { health } = pulled;
  const roots = readKept(await reach.readKept());
  const others = Object.entries(roots[root] ?? {}).filter(([other]) => other !== name && all.some((one) => one.name === other));
  const own: KeptSource = { ...(kept ?? { state: { kind: settings.kind, settings: '', settled: null, days: {}, usage: {} }, charges: [], usage: '' }), health };
  await reach.writeKept(keptText({ ...roots, [root]: { ...Object.fromEntries(others), [name]: own } }));
  return pulled;
}

function portTo(host: Host, reach: SourceReach, settings: SourceSettings, patience?: Patience): SourcePort {
  const kind = sourceKindOf(settings);
  const why = whyNotHere(settings);
  if (why !== undefined) throw new SourceError(why, 'read it on a desktop, or by mlcost spend pull');
  const variable = secretVariable(settings);
  if (variable === undefined && kind.ownEnvironment) throw new SourceError('no token is named', `say token_env: NAME, a variable that holds ${kind.needs}`);
  const as = settings.user !== undefined && settings.token_env === undefined ? { user: settings.user } : kind.secret;
  const send = async ({ url, method = 'GET', headers, body }: Sent) => {
    const reply = await reach.ask({
      url,
      method,
      headers: { ...headers, ...kind.pageHeaders },
      ...(body === undefined ? {} : { body }),
      ...(variable === undefined ? {} : { secret: { variable, as } }),
    });
    if ('status' in reply) {
      if (reply.text.length > largestAnswer) throw tooLarge();
      return reply;
    }
    throw failed(reply, settings, hostOf(url));
  };
  return {
    ask: asker(kind, settings, send, (ms) => host.delay(ms), patience),
    sql: () => Promise.reject(new Error('not over HTTP')),
  };
}
/** Why a page got no answer, and what a person can do.
 * @returns Error for what may be otherwise the next time */
function failed({ failure, origin }: Extract<SourceReply, { failure: string }>, settings: SourceSettings, host: string): Error {
  const elsewhere = 'or read it on a desktop, or by mlcost spend pull';
  const header = settings.user !== undefined || sourceKindOf(settings).secret === 'bearer' ? 'authorization' : sourceKindOf(settings).secret;
  switch (failure) {
    case 'cors':
      return new SourceError(
        `${host} is there, and does not answer web pages (CORS)`,
        `let it send Access-Control-Allow-Origin: ${origin} and Access-Control-Allow-Headers: ${header}, ${elsewhere}`,
      );
    case 'mixed':
      return new SourceError(`${host} has no TLS, and this page may not ask it without`, `give it an https:// address, ${elsewhere}`);
    case 'redirect':
      return new SourceError(`${host} sends on to another address, which a page is not told`, 'write the address that it leads to in the settings');
    case 'no-secret': {
      const variable = secretVariable(settings) ?? '';
      return new SourceError(`no secret is stored for ${variable} at ${secretHost(settings)}`, 'store it: the lens above the source asks for it');
    }
    case 'too-large':
      return tooLarge();
    case 'timeout':
      return new Error('no answer in time');
    case 'network':
      return new Error(isLoopback(secretHost(settings)) ? 'nothing answers there' : 'no answer, or none that a page is let have');
  }
}
