import type { Fact } from '../../model/fact.js';
import { frameworkOfHost, hostOf, isLocal, isLocalName, isNoKey } from './addresses.js';
import type { Evaluated } from './evaluated.js';

/** Where a client sends its requests: a hosted service, a server of one's own, or somewhere that the text does not say. */
export interface Destination {
  readonly local: boolean;
  /** Host name, where it is written. */
  readonly host?: string;
  /** The address as a fact, where its host is no provider's that is known by name. */
  readonly address?: Fact;
  /** True where an address is given that the text does not show: anyone may answer. */
  readonly hidden?: true;
}

/** Reads the address and the key that a client is made with. A key that is no key (`EMPTY`) means a server of one's own.
 * @param base the address as an expression, `text` what is written of it, `written` the expression's own text */
export function destinationOf(
  uri: string,
  base: { readonly start: number; readonly end: number; readonly text: string | undefined; readonly written: string } | undefined,
  key: Evaluated | undefined,
): Destination {
  if (!base) return { local: false };
  const { start, end, text, written } = base;
  if (text !== undefined && text !== '') {
    const host = hostOf(text);
    const isListed = host === undefined || /(^|\.)openai\.com$/.test(host) || frameworkOfHost(host) !== undefined || host.includes('some.host');
    const address: Fact = { name: 'base_url', value: text, origin: 'literal', span: { uri, start, end } };
    return { local: isLocal(text), ...(host === undefined ? {} : { host }), ...(isListed ? {} : { address }) };
  }
  const isKeyless = key?.known === true && key.origin !== 'default' && isNoKey(String(key.value));
  if (isKeyless || isLocalName(written)) return { local: true };
  // `OPENAI_BASE_URL` is OpenAI's own setting: most leave it unset.
  return { local: false, ...(/openai_?(?:api_?)?(?:base|host|endpoint|proxy)/i.test(written) ? {} : { hidden: true as const }) };
}
