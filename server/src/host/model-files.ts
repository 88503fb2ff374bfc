import { baseName, folderOf, joinUri, type ModelFileSummary, type StatedShapes, summariseModelFile } from '../core/index.js';
import type { Host } from './host.js';

/** What a model file is made of, read where it stands.
 * @returns null where there is no such file
 * @errors ModelFileError, UnreadableFile */
export function summaryAt(host: Host, uri: string, stated: StatedShapes): Promise<ModelFileSummary | null> {
  return host.withFile(uri, (source) =>
    summariseModelFile(
      baseName(uri),
      source,
      stated,
      async (name) => (await host.withFile(joinUri(folderOf(uri), name), async ({ size }) => size)) ?? undefined,
    ),
  );
}
