import type { Steps } from '../core/index.js';
import type { Host } from './host.js';

/** Nobody waits longer for their turn. @unit ms */
const longest = 25;

/** Does work in steps, and lets others go first now and then. */
export async function inSteps<T>(host: Pick<Host, 'now' | 'pause'>, steps: Steps<T>): Promise<T> {
  for (let since = host.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (host.now() - since < longest) continue;
    await host.pause();
    since = host.now();
  }
}
