import type { Catalog } from '../catalog/catalog.js';
import type { ModelShape } from '../catalog/types.js';

/** A published model by a written name: as it stands, without a quantisation or file suffix, without remarks (`BERT base (SQuAD)`), then in the spellings of one
 * release (base and instruction-tuned checkpoints have one shape). */
export function publishedModel(name: string, catalog: Catalog): ModelShape | undefined {
  const bare = name
    .replace(/\.(gguf|bin|safetensors)$/i, '')
    .replace(/[-_](awq|gptq|gguf|bf16|fp16|fp8|int4|int8|w4a16|w8a8|nvfp4|bnb-4bit|q\d\w*)([-_].*)?$/i, '');
  const short = bare.split('/').at(-1) ?? bare;
  const core = short.replace(/^(?:meta|nvidia)-/i, '').replace(/[-_](hf|instruct|chat|it|base)$/i, '');
  const owner = bare.includes('/') ? `${bare.split('/')[0]}/` : '';
  // a later release of the same model has its month behind the name: `DeepSeek-R1-0528`, `Kimi-K2-Instruct-0905`
  const undated = core.replace(/[-_]\d{4}$/, '');
  const spellings = [
    core,
    `Meta-${core}`,
    `${core}-hf`,
    `${core}-Base`,
    `${core}-Instruct`,
    `Meta-${core}-Instruct`,
    `NVIDIA-${core}`,
    `NVIDIA-${core}-BF16`,
    undated,
    undated.replace(/[-_](instruct|chat|it|base)$/i, ''),
  ];
  const plain = name
    .replace(/\(.*?\)/g, '')
    .trim()
    .replace(/\s+/g, '-');
  for (const id of [name, plain, bare, short, ...spellings.map((each) => owner + each), ...spellings]) {
    const found = catalog.model(id);
    if (found !== undefined) return found;
  }
  return ofTier(plain, catalog);
}

/** A release that names its sizes by tier, without the number: `Nemotron-3-Super` is `NVIDIA-Nemotron-3-Super-120B-A12B`, the only one of that tier. */
function ofTier(plain: string, catalog: Catalog): ModelShape | undefined {
  const name =
    plain
      .split('/')
      .at(-1)
      ?.toLowerCase()
      .replaceAll('_', '-')
      .replace(/^nvidia-/, '') ?? '';
  if (!/\d-(?:nano|super|ultra)$/.test(name)) return undefined;
  const found = catalog.models.filter(({ id }) => new RegExp(`^[^/]*/(?:nvidia-)?${name.replaceAll('.', '\\.')}-\\d+b(?:-|$)`).test(id.toLowerCase()));
  return new Set(found.map(({ params }) => params)).size === 1 ? found[0] : undefined;
}

/** Size written in a model's name: `7b`, `1.5B`, `8x7B`, `30B-A3B`.
 * @unit params
 * @assumes of `n×m` names, attention and embeddings are shared as in Mixtral: 0.83·n·m resident, 0.92·k·m active (arXiv 2401.04088) */
export function sizeInName(name: string): { params: number; active?: number } | undefined {
  const unit = (text: string | undefined): number => (/b/i.test(text ?? '') ? 1e9 : /t/i.test(text ?? '') ? 1e12 : 1e6);
  const moe = /(?<![\d.])(\d+)x(\d+(?:\.\d+)?)\s*([bm])(?![a-z])/i.exec(name);
  if (moe) {
    const each = Number(moe[2]) * unit(moe[3]);
    return { params: 0.83 * Number(moe[1]) * each, active: 0.92 * 2 * each };
  }
  const plain = /(?<![\w.])(\d+(?:[._]\d+)?)\s*([bmt])(?![a-z])/i.exec(name.replace(/[-_/](?=\d)/g, ' '));
  if (!plain) return undefined;
  const params = Number(plain[1]?.replace('_', '.')) * unit(plain[2]);
  const active = /a(\d+(?:\.\d+)?)b(?![a-z])/i.exec(name);
  return active ? { params, active: Number(active[1]) * 1e9 } : { params };
}

interface EncoderClass {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocab: number;
  readonly params: number;
}

/** Shape that a size class means for BERT and its kin (`BERT-base`, `deberta-v3-xsmall`), whatever stands before and behind it.
 * @source arXiv:1810.04805 §3 (base, large), arXiv:1908.08962 table 1 (tiny to medium), arXiv:2111.09543 table 7 (DeBERTaV3), arXiv:1911.02116 §4 (vocabulary of XLM-R) */
export function encoderClass(name: string): EncoderClass | undefined {
  const text = name.replace(/[ _]/g, '-').toLowerCase();
  const found = /(bert|roberta|electra|deberta|mpnet)(?:-v\d)?-(?:[a-z]+-)?(tiny|xsmall|mini|small|medium|base|large)\b/.exec(text);
  if (found === null || /mobilebert|distil|albert|tinybert/.test(text)) return undefined;
  const deberta = /deberta/.test(text);
  const shapes: Readonly<Record<string, readonly [number, number]>> = {
    tiny: [2, 128],
    xsmall: [12, 384],
    mini: [4, 256],
    small: deberta ? [6, 768] : [4, 512],
    medium: [8, 512],
    base: [12, 768],
    large: [24, 1024],
  };
  const [layers, hidden] = shapes[found[2] ?? ''] ?? [12, 768];
  const vocab = /deberta-v[23]/.test(text) ? 128100 : /xlm|multilingual|m?deberta/.test(text) ? 250002 : /roberta|deberta/.test(text) ? 50265 : 30522;
  return { layers, hidden, heads: hidden / 64, vocab, params: 12 * layers * hidden ** 2 + (vocab + 512) * hidden };
}

/** Parameters that a name states (`Llama-2-7b`, `Qwen1.5-0.5B`), or that an encoder's size class means (`bert-base`).
 * @source arXiv:1810.04805 §3, arXiv:2006.03654 table 2 for the size classes */
export function namedSize(name: string): number | undefined {
  const stated = sizeInName(name)?.params;
  if (stated !== undefined) return stated;
  const encoder = /(bert|roberta|electra|deberta|mpnet|bge|e5|gte|transformer)\S*?[-_](tiny|xsmall|small|base|big|large|xl)/i.exec(name.replace(/ /g, '-'));
  const sizes: Readonly<Record<string, number>> = { tiny: 15e6, xsmall: 22e6, small: 44e6, base: 110e6, big: 210e6, large: 336e6, xl: 700e6 };
  if (encoder !== null) return sizes[(encoder[2] ?? '').toLowerCase()];
  return /bert|electra|mpnet/i.test(name) ? sizes['base'] : undefined;
}
