import { type Running, serve } from './servers.js';

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly method: string;
  readonly body: string;
}
type Answer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly text: string } | object;
export interface Fake extends Running {
  readonly url: string;
  readonly asked: Asked[];
}
/** A server that answers by path: JSON of an object, or the status and text that are given. `undefined` is 404. Names with `[]` keep all their values, joined. */
export async function fake(answer: (asked: Asked) => Answer | undefined): Promise<Fake> {
  const asked: Asked[] = [];
  const server = await serve((request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const query: Record<string, string> = {};
    for (const [name, value] of url.searchParams) query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
    const one = { path: url.pathname, query, headers: request.headers, method: request.method ?? '', body };
    asked.push(one);
    const found = answer(one);
    const plain =
      found && 'text' in found && typeof found.text === 'string' ? (found as { status?: number; headers?: Record<string, string>; text: string }) : undefined;
    response.writeHead(plain?.status ?? (found ? 200 : 404), { 'content-type': 'application/json', ...plain?.headers });
    response.end(plain ? plain.text : JSON.stringify(found ?? { error: { message: 'not here' } }));
  });
  return { ...server, asked };
}
