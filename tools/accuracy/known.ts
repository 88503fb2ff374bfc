import type { Point } from '../calibrate/score.js';

/** What is known about rows that are estimated badly, and cannot be told from their facts. The first that fits is shown, then the row's own flags. */
const remarks: readonly (readonly [id: RegExp, remark: string])[] = [
  [/^torchao-int8mp/, 'needs less memory than the logits alone at this batch: the loss is computed in pieces, which the source does not state'],
  [/^lambda-transformerxl/, 'relative attention and adaptive softmax in old example code; the same code is slower than its arithmetic on every chip'],
  [/^lambda-/, 'container example code of an older release on newer chips; no version is stated'],
  [/^dle-bert/, 'the code leaves out padding, so a printed sequence is less work than its length'],
  [/^peft-mm-(boft|adamss|c3a|oft|hra|vera|miss|shira|lily|bone)/, 'an adapter method with matrix work of its own, unlike LoRA'],
  [/^swift-meg/, 'samples are far shorter than the stated limit; their length is not stated'],
  [/^run-seer/, 'several crops of each image are computed (SwAV); the facts hold one'],
  [/^unsloth-a100/, 'no sequence length is stated; the linked notebook holds it'],
  [/^mbridge.*(nemotron_3_super)/, 'hybrid of Mamba and routed layers in a narrower latent width, which no fact states'],
  [/^mlperf.*llama2_70b_lora/, 'the tuned stack and its fp8 or fp4 behind a bare framework name are not stated; some submitters ran reference code instead'],
  [/^(deepseek-v3|run-|llmc|yalm)/, 'a whole published job: layout, restarts and idle hours are not printed'],
  [/^(exnx|yolov5)-/, 'augmentation on the host and layouts that the source does not state'],
  [/^megatron-v100/, 'asked because it is slow: the network between the nodes is not stated'],
  [/^alpaca-8a100/, 'two reports of one recipe differ by 4.5'],
  [/^timm-train/, 'one chip, one release of PyTorch'],
];

export function knownAbout({ id, flags }: Pick<Point, 'id' | 'flags'>): string {
  const remark = remarks.find(([pattern]) => pattern.test(id))?.[1];
  const own = flags.filter((flag) => !/^(tuned|vendor|best-case|mlperf)$/.test(flag)).map((flag) => flag.replaceAll('-', ' '));
  return [...(remark === undefined ? [] : [remark]), ...own].join('; ') || 'nothing beyond the stated facts';
}
