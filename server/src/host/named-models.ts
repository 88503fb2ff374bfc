import { folderOf, joinUri, ModelFileError, type ModelFileSummary, type NamedFile } from '../core/index.js';
import { type Host, UnreadableFile } from './host.js';
import { summaryAt } from './model-files.js';

/** A model file that code names and that stands in the workspace. */
export interface FoundModel {
  readonly named: NamedFile;
  readonly uri: string;
  readonly summary: ModelFileSummary;
}
/** Files are looked at again after this long. @unit ms */
const fresh = 10_000;
const most = 200;
/** Largest model that is loaded whole for a line of text. @unit B */
const worthLoading = 32_000_000;

/** Looks up the model files that texts name; what was found is kept for a while. */
export class NamedModels {
  private readonly host: Host;
  private readonly known = new Map<string, { readonly at: number; readonly summary: Promise<ModelFileSummary | null> }>();
  constructor(host: Host) {
    this.host = host;
  }
  /** @param roots of the workspace: nothing outside is looked at */
  async find(named: readonly NamedFile[], uri: string, roots: readonly string[]): Promise<FoundModel[]> {
    const all = await Promise.all(named.map((one) => this.first(one, uri, roots)));
    return all.flatMap((one) => one ?? []);
  }
  private async first(named: NamedFile, uri: string, roots: readonly string[]): Promise<FoundModel | undefined> {
    const folders = [folderOf(uri), ...roots];
    for (const place of new Set(folders.map((folder) => joinUri(folder, named.path)))) {
      if (!roots.some((root) => place.startsWith(`${root}/`))) continue;
      const summary = await this.summary(place);
      if (summary) return { named, uri: place, summary };
    }
    return undefined;
  }
  private summary(uri: string): Promise<ModelFileSummary | null> {
    const now = this.host.now();
    const known = this.known.get(uri);
    if (known && now - known.at < fresh) return known.summary;
    // A file that is damaged has no lens; its own page says what is wrong.
    const summary = summaryAt(this.host, uri, {}, worthLoading).catch((error: unknown) => {
      if (error instanceof ModelFileError || error instanceof UnreadableFile) return null;
      throw error;
    });
    if (this.known.size >= most) this.known.clear();
    this.known.set(uri, { at: now, summary });
    return summary;
  }
}
