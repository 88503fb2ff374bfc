/** Client → server: reads a source of spend, where the server does that; answers with what went wrong, or null. */
export const pullSourceRequest = 'mlcost/pullSource';
/** Server → client: asks a server of a source of spend. */
export const askSourceRequest = 'mlcost/askSource';
/** Server → client: what was kept of sources of spend, as text, or null. */
export const readKeptRequest = 'mlcost/readKept';
/** Server → client: keeps it. */
export const writeKeptRequest = 'mlcost/writeKept';

/** A request to a server. The secret is not in it: the client adds the one that was stored for this host and variable. */
export interface SourceQuestion {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly secret?: {
    readonly variable: string;
    /** How it is carried; a user name makes it a password. */
    readonly as: 'bearer' | 'x-api-key' | { readonly user: string };
  };
}
export type SourceReply =
  | { readonly status: number; readonly text: string; readonly retryAfter: string | null }
  | {
      /** `cors`: it answers, and not to web pages; `mixed`: a page that came over TLS asks nobody without. */
      readonly failure: 'cors' | 'network' | 'mixed' | 'redirect' | 'no-secret' | 'too-large' | 'timeout';
      /** Of the page, as the server sees it. */
      readonly origin: string;
    };
