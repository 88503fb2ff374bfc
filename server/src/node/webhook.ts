import { isLoopback } from '../core/index.js';

/** How patient it is. @unit ms */
export interface WebhookPatience {
  readonly timeout: number;
  readonly attempts: number;
  /** Before the second attempt; it doubles. */
  readonly wait: number;
  /** Longest wait that the other side may ask for. */
  readonly longest: number;
}
export const webhookPatience: WebhookPatience = { timeout: 10_000, attempts: 4, wait: 1000, longest: 30_000 };
/** A message that did not arrive. Its text never holds the address: that is a secret. */
export class NotDelivered extends Error {}

/** Sends a message to an address that is a secret: to its own host only, by TLS unless that is this machine, and along no redirect.
 * Busy servers are tried again, with longer and longer waits; what they refuse is not.
 * @errors NotDelivered */
export async function postWebhook(address: string, host: string, body: object, patience: WebhookPatience = webhookPatience): Promise<void> {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new NotDelivered('the address is none: https://… is expected');
  }
  if (url.hostname !== host && url.host !== host) throw new NotDelivered(`the address is not of ${host}, which the settings name: nothing was sent`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw new NotDelivered(`${host} would be asked without encryption: https:// is needed`);
  for (let attempt = 1; ; attempt++) {
    let failure: string;
    let wait = patience.wait * 2 ** (attempt - 1);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'mlcost' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(patience.timeout),
      });
      await response.body?.cancel();
      if (response.status >= 200 && response.status < 300) return;
      if (response.status !== 429 && response.status < 500) {
        const why =
          response.status >= 300 && response.status < 400
            ? 'it sends on to elsewhere, where a secret does not go'
            : 'it does not take the message: check the address';
        throw new NotDelivered(`${host} answers ${response.status}: ${why}`);
      }
      failure = `${host} answers ${response.status}`;
      const asked = Number(response.headers.get('retry-after')) * 1000;
      if (Number.isFinite(asked) && asked > wait) wait = asked;
    } catch (error) {
      if (error instanceof NotDelivered) throw error;
      failure = `${host} cannot be reached${error instanceof Error && error.name === 'TimeoutError' ? ': no answer in time' : ''}`;
    }
    if (attempt >= patience.attempts) throw new NotDelivered(`${failure}, ${attempt} times`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(wait, patience.longest)));
  }
}
