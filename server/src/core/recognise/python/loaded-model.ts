import type { Call } from '../../syntax/python/ast.js';

/** A model that a program loads, and the name that holds it. */
export interface Load {
  readonly call: Call;
  readonly held: string | undefined;
  readonly framework: string;
  readonly at: number;
}

/** Networks for pictures by name: of clip, open_clip, timm, torch.hub and torchvision; Ultralytics' objects; language models of mlx_lm. */
export const visual =
  /^(clip\.load|open_clip\.create_model(_and_transforms|_from_pretrained)?|timm\.create_model|torch\.hub\.load|ultralytics(\.\w+)*\.YOLO|mlx_lm\.load|torchvision\.models(\.\w+)*\.[a-z]\w*\d\w*)$/;
/** `PeftModel.from_pretrained(model, …)` puts an adapter on a model that is loaded already. */
export const isAdapter = (call: Call, name: string): boolean => /(^|\.)PeftModel\w*\.from_pretrained$/.test(name) && call.args[0]?.value.kind !== 'string';

/** The name that a statement gives the loaded model to: `model` of `model, tokenizer = load_model(…)`; `self.model` as written. */
export function heldBy(text: string, start: number, call: number): string | undefined {
  const left = text.slice(start, call).match(/^\s*([\w.]+)\s*(?::[^=\n]+)?(?:,\s*([\w.]+))?[^=\n]*=(?!=)/);
  if (!left) return undefined;
  const second = left[2];
  return second !== undefined && /token|processor/i.test(left[1] ?? '') ? second : left[1];
}
