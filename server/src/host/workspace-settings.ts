import { type MlcostSettings, noSettings, readMlcostFile, settingsFileName } from '../core/index.js';

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
