import { isLoopback, SourceError, type SourceKind, type SourceSettings, secretVariable } from '../core/index.js';

/** The secret of a source, out of the environment, if it may go where the settings say.
 * A file in a repository names the variable and the server: so the environment has to say as well which host the variable is for, in `<NAME>_HOST`. Not needed are this machine and, for variables of its name, a provider's own host.
 * @errors SourceError */
export function secretOf(kind: SourceKind, settings: SourceSettings, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const variable = secretVariable(settings);
  if (variable === undefined) {
    if (kind.ownEnvironment) throw new SourceError('no token is named', `say token_env: NAME, a variable that holds ${kind.needs}`);
    return undefined;
  }
  const secret = environment[variable];
  if (secret === undefined || secret === '') throw new SourceError(`the environment has no ${variable}`, `set it; it holds ${kind.needs}`);
  if (/[\r\n]/.test(secret)) throw new SourceError(`${variable} has a line break in it`, 'set it without');
  const address = new URL(kind.address(settings));
  const isHome = kind.ownEnvironment?.test(variable) === true && kind.address({ ...settings, url: undefined } as SourceSettings) === kind.address(settings);
  if (isHome || isLoopback(address.hostname)) return secret;
  const allowed = (environment[`${variable}_HOST`] ?? '').split(',').map((one) => one.trim().toLowerCase());
  if (allowed.includes(address.host.toLowerCase()) || allowed.includes(address.hostname.toLowerCase())) return secret;
  throw new SourceError(
    `nothing says that ${variable} is meant for ${address.hostname}`,
    `set ${variable}_HOST=${address.hostname} beside it, if it is: a secret goes nowhere else`,
  );
}
/** A text without the secret, whatever a server or a library put into it. */
export function withoutSecret(text: string, secret: string | undefined): string {
  if (secret === undefined || secret.length < 4) return text;
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  return forms.reduce((left, form) => left.replaceAll(form, '…'), text);
}
