import type { SourceQuestion, SourceReply } from '../protocol/sources.js';

/** What a page can do about sources of spend: ask servers that let it, and keep what they told, beside the workspace and never in it. */
export interface SourceReach {
  /** Sends a request; who does it adds the secret, which stays there.
   * @returns an answer, or why there is none */
  ask(request: SourceQuestion): Promise<SourceReply>;
  /** What was kept, or null. */
  readKept(): Promise<string | null>;
  /** @errors where it cannot be kept */
  writeKept(text: string): Promise<void>;
}
