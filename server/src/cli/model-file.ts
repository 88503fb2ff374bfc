import {
  bytesText,
  dimsText,
  type Estimation,
  type InputRow,
  type Interval,
  isOnnxSummary,
  type ModelFileSummary,
  macsText,
  modelFileHeadline,
  numberText,
  type PassCost,
  type StatedShapes,
  withUnit,
} from '../core/index.js';
import type { OutputError } from '../runtime/compare.js';
import type { Latency } from '../runtime/measure.js';
import { UsageError } from './options.js';
import type { Paint } from './report-table.js';

/** Shapes from `--shape NAME=1,3,224,224`. @errors UsageError */
export function shapesOf(written: readonly string[]): StatedShapes {
  return Object.fromEntries(
    written.map((one) => {
      const [, name, list] = /^(.+)=([\dx, ]*)$/s.exec(one) ?? [];
      const shape = list?.trim() === '' ? [] : (list?.split(/[x, ]+/).map(Number) ?? [Number.NaN]);
      if (name === undefined || shape.some((size) => !Number.isSafeInteger(size) || size < 0))
        throw new UsageError(`--shape takes NAME=1,3,224,224, not '${one}'`);
      return [name, shape] as const;
    }),
  );
}

export interface MadeFile {
  readonly file: string;
  readonly bytes: number;
  /** Of the original. */
  readonly share: number;
  readonly quantized: number;
  readonly left: readonly string[];
  readonly error?: readonly OutputError[];
}
export interface ModelFileAnswer {
  readonly file: string;
  readonly summary: ModelFileSummary;
  readonly latency?: Latency;
  readonly cost?: Estimation;
  /** At the stated traffic. */
  readonly passes?: PassCost;
  readonly made?: MadeFile;
}

/** The answer of `mlcost onnx --format json`: fields may be added, never renamed. */
export function modelFileJson({ file, summary, latency, cost, passes, made }: ModelFileAnswer): object {
  const { types, metadata, untold, format } = summary;
  const common = {
    version: 1,
    file,
    format,
    fileBytes: summary.fileBytes,
    parameters: summary.parameters,
    tensors: summary.tensors,
    weightBytes: summary.weightBytes,
    bytesByType: Object.fromEntries(types.map(({ type, bytes }) => [type, bytes ?? null])),
    types: types.map(({ type, tensors, elements, bytes }) => ({ type, tensors, elements, bytes: bytes ?? null })),
    metadata: Object.fromEntries(metadata),
    unknown: untold,
  };
  if (!isOnnxSummary(summary)) return common;
  const operators = summary.operators.map(({ op, domain, nodes, macs, elements }) => ({
    op,
    domain: domain || 'ai.onnx',
    nodes,
    macs: macs ?? null,
    elements: elements ?? null,
  }));
  return {
    ...common,
    irVersion: summary.irVersion,
    opset: summary.opsets.find(({ domain }) => domain === 'ai.onnx')?.version ?? null,
    opsets: summary.opsets,
    producer: summary.producer,
    graph: summary.graphName,
    nodes: summary.nodes,
    inputs: summary.inputs.map(ioJson),
    outputs: summary.outputs.map(ioJson),
    macs: summary.macs ?? null,
    macsAtLeast: summary.macsAtLeast,
    macsByOperator: Object.fromEntries(
      operators.filter(({ macs }) => macs !== 0).map(({ op, domain, macs }) => [domain === 'ai.onnx' ? op : `${domain}.${op}`, macs]),
    ),
    operators,
    peakActivationBytes: summary.peakActivation ?? null,
    externalFiles: summary.externalFiles,
    ...(latency ? { latency: { unit: 'ms', ...latency } } : {}),
    ...(cost
      ? {
          cost: {
            estimates: Object.fromEntries(
              Object.entries(cost.estimates).map(([name, { low, likely, high, unit, basis }]) => [name, { low, likely, high, unit, basis }]),
            ),
            unknown: cost.unknown.map(({ fact }) => fact),
            assumed: cost.assumed,
            ...(passes?.usdPer1kFull ? { usdPer1kFull: passes.usdPer1kFull } : {}),
            ...(passes?.traffic ? { traffic: passes.traffic } : {}),
          },
        }
      : {}),
    ...(made ? { quantized: made } : {}),
  };
}
const ioJson = ({ name, type, dims, shape }: InputRow): object => ({ name, type: type ?? null, dims: dims ?? null, shape: shape ?? null });

/** The same for a person. */
export function modelFileTable({ file, summary, latency, cost, passes, made }: ModelFileAnswer, paint: Paint): string {
  const lines = [`${paint.bold(file)}  ${modelFileHeadline(summary)}`];
  const add = (label: string, text: string): void => {
    if (text !== '') lines.push(`  ${paint.dim(label.padEnd(18))} ${text}`);
  };
  add('weights', summary.types.map(({ type, bytes, tensors }) => `${type} ${bytes === undefined ? '?' : bytesText(bytes)} in ${tensors}`).join(' · '));
  if (isOnnxSummary(summary)) {
    add(
      'made by',
      [summary.producer, `opset ${summary.opsets.map(({ domain, version }) => (domain === 'ai.onnx' ? version : `${domain} ${version}`)).join(', ')}`]
        .filter(Boolean)
        .join(' · '),
    );
    for (const input of summary.inputs) add('input', ioText(input));
    for (const output of summary.outputs) add('output', ioText(output));
    add('activations', summary.peakActivation === undefined ? 'unknown' : `${bytesText(summary.peakActivation)} at most at a time`);
    if (latency)
      add(
        'measured here',
        `${ms(latency.median)} a run (${ms(latency.low)}–${ms(latency.high)} of ${latency.runs}) · onnxruntime-web, wasm, ${latency.threads} thread${latency.threads === 1 ? '' : 's'}`,
      );
    for (const name of ['latency_ms', 'usd_per_month', 'peak_memory_gib']) {
      const one = cost?.estimates[name];
      if (one)
        add(
          name === 'latency_ms' ? 'estimated' : '',
          `${withUnit(one.likely, one.unit)} (${withUnit(one.low, one.unit)}–${withUnit(one.high, one.unit)}) ${name.replaceAll('_', ' ')}`,
        );
    }
    const range = ({ low, likely, high }: Interval): string => `${withUnit(likely, 'usd')} (${withUnit(low, 'usd')}–${withUnit(high, 'usd')})`;
    if (passes?.usdPer1kFull) add('', `${range(passes.usdPer1kFull)} a thousand passes, while the machine is full`);
    if (passes?.traffic)
      add(
        '',
        `${range(passes.traffic.usdPer1k)} a thousand at the stated traffic: ${range(passes.traffic.usdPerMonth)} a month for ${passes.traffic.replicas}, always on`,
      );
    lines.push('', paint.bold(`  ${'Operator'.padEnd(28)} ${'nodes'.padStart(7)} ${'MACs'.padStart(12)} ${'share'.padStart(7)} ${'written'.padStart(9)}`));
    for (const { op, domain, nodes, macs, macsAtLeast, elements } of summary.operators) {
      const share = summary.macsAtLeast > 0 && macsAtLeast > 0 ? `${((macsAtLeast / summary.macsAtLeast) * 100).toFixed(1)} %` : '';
      const work = macs === undefined ? `≥ ${numberText(macsAtLeast)}` : macs === 0 ? '' : numberText(macs);
      lines.push(
        `  ${(domain ? `${domain}.${op}` : op).padEnd(28)} ${String(nodes).padStart(7)} ${work.padStart(12)} ${share.padStart(7)} ${(elements === undefined ? '?' : numberText(elements)).padStart(9)}`,
      );
    }
    lines.push(paint.dim(`  all: ${summary.macs === undefined ? `at least ${macsText(summary.macsAtLeast)}` : macsText(summary.macs)}`));
  } else {
    for (const [key, value] of summary.metadata.slice(0, 24))
      add(key.length > 18 ? `${key.slice(0, 17)}…` : key, value.length > 100 ? `${value.slice(0, 99)}…` : value);
  }
  if (made) {
    lines.push(
      '',
      `  ${paint.bold(made.file)}  ${bytesText(made.bytes)}, ${Math.round(made.share * 100)} % of the original · ${made.quantized} tensors in 8 bits`,
    );
    for (const { output, relative, largest, sameTop } of made.error ?? [])
      add(
        'error',
        `${output}: ${relative === undefined ? '' : `${(relative * 100).toPrecision(2)} % of the output’s size (root mean square), `}${largest.toPrecision(2)} at most${sameTop ? `, same top answer in ${sameTop.same} of ${sameTop.of}` : ''}`,
      );
    for (const one of made.left) add('left as it was', one);
  }
  for (const { what, need } of summary.untold) lines.push(paint.yellow(`  ${what} unknown: ${need}`));
  return `${lines.join('\n')}\n`;
}
const ms = (value: number): string => withUnit(value, 'ms');
const ioText = ({ name, type, dims, shape }: InputRow): string =>
  `${name} ${type ?? ''} ${dimsText(dims)}${shape && dims?.some((one, at) => one !== shape[at]) ? ` = ${dimsText(shape)}` : ''}`;
