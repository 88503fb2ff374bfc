import {
  bytesText,
  dimsText,
  type EstimateContext,
  ends,
  fedInputsOf,
  type Interval,
  isBeside,
  isOnnxSummary,
  ModelFileError,
  type ModelFileSummary,
  macsText,
  modelFileHeadline,
  numberText,
  type OnnxSummary,
  passCosts,
  type Unit,
  withUnit,
} from '../core/index.js';
import { UnreadableFile } from '../host/host.js';
import { passSpec, quantizeAt, summaryAt } from '../host/model-files.js';
import {
  type ModelFileParams,
  type ModelFileResult,
  type ModelFileView,
  modelFileRequest,
  type QuantizeParams,
  type QuantizeResult,
  quantizeRequest,
  type Traffic,
} from '../protocol/model-file.js';
import type { Session } from './context.js';

/** What the editor of model files asks for. */
export function onModelFile(session: Session): void {
  session.connection.onRequest(modelFileRequest, ({ uri, shapes, traffic = {} }: ModelFileParams) =>
    told<ModelFileResult>(session, async () => {
      const summary = await summaryAt(session.host, uri, shapes);
      if (!summary) return { problem: 'The file is no longer there.' };
      const name = decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
      return { view: { ...viewOf(name, summary, session.locale), ...costsOf(summary, traffic, await session.engine.context(uri), session.locale) } };
    }),
  );
  session.connection.onRequest(quantizeRequest, ({ uri, target, embeddings }: QuantizeParams) =>
    told<QuantizeResult>(session, async () => {
      const { size, before, quantized, left } = await quantizeAt(session.host, uri, target, { embeddings });
      const style = { locale: session.locale };
      return {
        bytes: size,
        left,
        text: `${bytesText(size, style)}, ${Math.round((size / before) * 100)} % of the original; ${numberText(quantized, style)} weights in 8 bits`,
      };
    }),
  );
}
/** A file that is wrong is an answer for a person; anything else is logged too. */
async function told<T>(session: Session, ask: () => Promise<T>): Promise<T | { readonly problem: string }> {
  try {
    return await ask();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ModelFileError) && !(error instanceof UnreadableFile))
      session.log(`model file: ${error instanceof Error ? (error.stack ?? problem) : problem}`);
    return { problem };
  }
}

/** What passes cost at a stated traffic: on the usual accelerators, or on one. */
function costsOf(
  summary: ModelFileSummary,
  { perMonth, accelerator }: Traffic,
  context: EstimateContext,
  locale: string,
): Pick<ModelFileView, 'costs' | 'accelerators'> {
  const { catalog } = context;
  const label = (id: string): string => catalog.accelerator(id)?.name ?? id;
  const accelerators = catalog.accelerators.filter(({ id }) => catalog.offersOf(id).length > 0).map(({ id }) => ({ id, label: label(id) }));
  const spec = passSpec(summary);
  if (!spec) return { accelerators };
  const style = { locale };
  const text = (value: Interval | undefined, unit: Unit): string => {
    const range = value && ends(value, unit, style);
    return value ? `${withUnit(value.likely, unit, style)}${range ? ` (${range})` : ''}` : '';
  };
  const costs = passCosts(spec, context, perMonth, accelerator === undefined ? undefined : [accelerator]);
  return {
    accelerators,
    costs: costs.map((one) => ({
      accelerator: label(one.accelerator),
      latency: text(one.latencyMs, 'ms'),
      full: text(one.usdPer1kFull, 'usd'),
      per1k: text(one.traffic?.usdPer1k, 'usd'),
      month: text(one.traffic?.usdPerMonth, 'usd'),
      replicas: one.traffic ? `${numberText(one.traffic.replicas, style)}, ${withUnit(one.traffic.busy, 'share', style)} busy` : '',
    })),
  };
}

function viewOf(name: string, summary: ModelFileSummary, locale: string): Omit<ModelFileView, 'accelerators'> {
  const style = { locale };
  const onnx = isOnnxSummary(summary) ? summary : undefined;
  const fed = onnx && fedInputsOf(onnx);
  const share = (part: number, all: number): number => (all > 0 ? part / all : 0);
  return {
    name,
    isOnnx: onnx !== undefined,
    headline: modelFileHeadline(summary, style),
    fileBytes: summary.fileBytes,
    facts: [
      { label: 'Size of the file', value: bytesText(summary.fileBytes, style) },
      { label: 'Parameters', value: summary.parameters.toLocaleString(locale) },
      ...(onnx ? onnxFacts(onnx, locale) : []),
    ],
    sizes: onnx ? sizesOf(onnx) : [],
    inputs: (onnx?.inputs ?? []).map(valueRow),
    outputs: (onnx?.outputs ?? []).map(valueRow),
    macsText: onnx ? (onnx.macs === undefined ? `at least ${macsText(onnx.macsAtLeast, style)}` : macsText(onnx.macs, style)) : '',
    operators: (onnx?.operators ?? []).map(({ op, domain, nodes, macs, macsAtLeast, elements }) => {
      const part = share(macsAtLeast, onnx?.macsAtLeast ?? 0);
      return {
        op: domain && domain !== 'ai.onnx' ? `${domain}.${op}` : op,
        nodes,
        macs: macs === undefined ? (macsAtLeast > 0 ? `≥ ${numberText(macsAtLeast, style)}` : 'unknown') : macs === 0 ? '' : numberText(macs, style),
        share: part,
        shareText: part > 0 ? `${(part * 100).toLocaleString(locale, { maximumFractionDigits: 1 })} %` : '',
        written: elements === undefined ? 'unknown' : numberText(elements, style),
      };
    }),
    types: summary.types.map(({ type, tensors, elements, bytes }) => ({
      type,
      tensors: numberText(tensors, style),
      elements: numberText(elements, style),
      bytes: bytes === undefined ? 'unknown' : bytesText(bytes, style),
      share: share(bytes ?? 0, summary.weightBytes),
    })),
    metadata: summary.metadata.map(([label, value]) => ({ label, value: value.length > longest ? `${value.slice(0, longest)}…` : value })),
    untold: summary.untold,
    ...(fed && fed.lacking.length === 0 ? { fed: fed.inputs } : {}),
    outside: (onnx?.externalFiles ?? []).filter(isBeside),
  };
}
const longest = 2000;
const onnxFacts = (onnx: OnnxSummary, locale: string) => [
  { label: 'Made by', value: onnx.producer || 'unknown' },
  { label: 'Operator sets', value: onnx.opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ') },
  { label: 'Nodes', value: onnx.nodes.toLocaleString(locale) },
  { label: 'Activations', value: onnx.peakActivation === undefined ? 'unknown' : `${bytesText(onnx.peakActivation, { locale })} at most at a time` },
  ...(onnx.externalFiles.length > 0 ? [{ label: 'Weights in other files', value: onnx.externalFiles.join(', ') }] : []),
];
const valueRow = ({ name, type, dims, shape }: OnnxSummary['inputs'][number]) => ({
  name,
  type: type ?? '',
  written: dimsText(dims),
  shape: shape ? dimsText(shape) : '',
});
/** Dimensions that stand for any number, each once. */
function sizesOf({ inputs }: OnnxSummary): ModelFileView['sizes'] {
  const found = new Map<string, { key: string; of: string }>();
  for (const { name, dims } of inputs)
    dims?.forEach((one, at) => {
      if (typeof one === 'number') return;
      const key = one ?? `${name}[${at}]`;
      const there = found.get(key);
      found.set(key, { key, of: there ? `${there.of}, ${name}` : `of ${name}` });
    });
  return [...found.values()];
}
