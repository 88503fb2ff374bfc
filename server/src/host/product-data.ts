import { type Catalog, type Coefficients, createCatalog, type MlcostSettings, ownPrices, type Tables, unpackTables } from '../core/index.js';
import type { Host } from './host.js';

interface Data {
  readonly tables: Tables;
  readonly catalog: Catalog;
  readonly coefficients: Coefficients;
}

/** What ships with the product, read when it is first asked for; a failed read is tried again. */
export class ProductData {
  private readonly host: Host;
  private loading: Promise<Data> | undefined;
  /** Catalogs with a workspace's own prices in them. */
  private readonly catalogs = new WeakMap<MlcostSettings, Catalog>();
  constructor(host: Host) {
    this.host = host;
  }
  /** The catalog with a workspace's prices, and the fitted numbers. */
  async of(settings: MlcostSettings): Promise<Pick<Data, 'catalog' | 'coefficients'>> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    const { tables, catalog, coefficients } = await this.loading;
    return { catalog: this.priced(settings, tables, catalog), coefficients };
  }
  private priced(settings: MlcostSettings, tables: Tables, list: Catalog): Catalog {
    if (settings.prices.length === 0) return list;
    let found = this.catalogs.get(settings);
    if (!found) {
      const own = ownPrices(
        settings.prices,
        (name) => list.accelerator(name)?.id,
        (type) => list.hardware(type),
      );
      found = createCatalog(tables, own);
      this.catalogs.set(settings, found);
    }
    return found;
  }
  private async load(): Promise<Data> {
    const [packed, coefficients] = await Promise.all([this.host.readAssetText('catalog.jsonl'), this.host.readAssetText('coefficients.json')]);
    const tables = unpackTables(packed);
    return { tables, catalog: createCatalog(tables), coefficients: JSON.parse(coefficients) as Coefficients };
  }
}
