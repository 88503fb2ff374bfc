import { open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import { type CsvRow, columnsNeeded, exact, UnknownExport } from '../core/index.js';
import { RowBytes } from './row-bytes.js';

/** Reads a Parquet file row group by row group and hands out rows as a CSV file would have them, the header first. Decimals are exact: their digits are read, not a double of them.
 * @errors UnknownExport for a file that is no known export, or is compressed in a way that is not read */
export async function readParquet(file: string, onRow: (row: CsvRow) => void, onProgress: (share: number) => void): Promise<void> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const source = {
      byteLength: size,
      slice: async (start: number, end = size): Promise<ArrayBuffer> => {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      },
    };
    const metadata = await parquetMetadataAsync(source);
    const scales = rawDecimals(metadata);
    const columns = flatColumns(metadata);
    const needed = new Set(columnsNeeded(columns.map(({ name }) => name)));
    const wanted = columns.filter(({ name }) => needed.has(name));
    const row = new RowBytes();
    onRow(row.of(wanted.map(({ name }) => name)));
    let begin = 0;
    for (const group of metadata.row_groups) {
      const rowStart = begin;
      begin += Number(group.num_rows);
      await parquetRead({
        file: source,
        metadata,
        columns: [...new Set(wanted.map(({ path }) => path[0] as string))],
        rowStart,
        rowEnd: begin,
        rowFormat: 'object',
        utf8: false,
        compressors: {
          GZIP: (input) => gunzipSync(input),
          BROTLI: (input) => brotliDecompressSync(input),
          ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
          LZ4: decompressLz4,
          LZ4_RAW: decompressLz4Raw,
        },
        parsers: {
          timestampFromMilliseconds: (value) => new Date(Number(value)).toISOString(),
          timestampFromMicroseconds: (value) => new Date(Number(value / 1000n)).toISOString(),
          timestampFromNanoseconds: (value) => new Date(Number(value / 1000000n)).toISOString(),
          dateFromDays: (value) => new Date(value * 86_400_000).toISOString().slice(0, 10),
          jsonFromBytes: (bytes) => text(bytes),
        },
        onComplete: (rows) => {
          for (const one of rows as Record<string, unknown>[])
            onRow(
              row.of(
                wanted.map(({ path, name }) =>
                  shown(
                    path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], one),
                    scales.get(name),
                  ),
                ),
              ),
            );
        },
      }).catch((error: unknown) => {
        throw new UnknownExport(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      });
      onProgress(begin / Math.max(1, Number(metadata.num_rows)));
    }
  } finally {
    await handle.close();
  }
}

/** Takes the annotation off decimals, so that the reader leaves their digits as they are. @returns scale by column */
function rawDecimals(metadata: FileMetaData): Map<string, number> {
  const scales = new Map<string, number>();
  for (const element of metadata.schema) {
    if (element.converted_type !== 'DECIMAL' && element.logical_type?.type !== 'DECIMAL') continue;
    scales.set(element.name, element.scale ?? 0);
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}
/** Columns, a structure's fields with their path: `service.description`. */
function flatColumns(metadata: FileMetaData): { readonly name: string; readonly path: readonly string[] }[] {
  return parquetSchema(metadata).children.flatMap(({ element, children }) => {
    const plain = children.length === 0 || element.repetition_type === 'REPEATED' || element.converted_type === 'LIST' || element.converted_type === 'MAP';
    return plain
      ? [{ name: element.name, path: [element.name] }]
      : children.map((child) => ({ name: `${element.name}.${child.element.name}`, path: [element.name, child.element.name] }));
  });
}
const decoder = new TextDecoder();
const text = (bytes: Uint8Array): string => decoder.decode(bytes);
function shown(value: unknown, scale: number | undefined): string {
  if (value === null || value === undefined) return '';
  if (scale !== undefined) return exact.toText({ digits: value instanceof Uint8Array ? signed(value) : BigInt(value as number | bigint), scale }, 0);
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return text(value);
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, one: unknown) => (one instanceof Uint8Array ? text(one) : typeof one === 'bigint' ? String(one) : one));
}
/** A whole number of any length, most significant byte first, in two's complement. */
function signed(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return bytes.length > 0 && (bytes[0] as number) >= 128 ? value - (1n << BigInt(8 * bytes.length)) : value;
}
