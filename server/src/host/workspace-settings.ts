import { folderOf, type MlcostSettings, noSettings, readMlcostFile, settingsFileName } from '../core/index.js';

/** The `.mlcost.yaml` of each workspace root, read once and again when it changed. */
export class WorkspaceSettings {
  private readonly read: (uri: string) => Promise<string | null>;
  private readonly loading = new Map<string, Promise<MlcostSettings>>();
  /** @param read the file's text as it stands: unsaved text counts */
  constructor(read: (uri: string) => Promise<string | null>) {
    this.read = read;
  }
  of(root: string | undefined): Promise<MlcostSettings> {
    if (root === undefined) return Promise.resolve(noSettings);
    let found = this.loading.get(root);
    if (!found) {
      const uri = settingsUri(root);
      found = this.read(uri)
        .then((text) => (text === null ? noSettings : readMlcostFile(uri, text).settings))
        .catch((error: unknown) => {
          this.loading.delete(root);
          throw error;
        });
      this.loading.set(root, found);
    }
    return found;
  }
  forget(root: string): void {
    this.loading.delete(root);
  }
}

export const settingsUri = (root: string): string => `${root}/${settingsFileName}`;
export const isSettingsFile = (uri: string): boolean => uri.endsWith(`/${settingsFileName}`);

/** Roots, and the folders below them with settings of their own: the nearest `.mlcost.yaml` holds.
 * @param files of the roots, those of settings among them */
export const withNested = (roots: readonly string[], files: readonly string[]): string[] => [
  ...new Set([...roots, ...files.filter((uri) => isSettingsFile(uri) && roots.some((root) => uri.startsWith(`${root}/`))).map(folderOf)]),
];
/** The roots that lie in no other one. */
export const outermost = (roots: readonly string[]): string[] => roots.filter((root) => !roots.some((other) => root.startsWith(`${other}/`)));
