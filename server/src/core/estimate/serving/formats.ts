/** How weights are stored and which kernels multiply with them. */
export interface WeightFormat {
  /** The written name, lower-case. */
  readonly id: string;
  /** Stored bytes a weight, scales included. */
  readonly bytes: number;
  /** Type that the matrix products run in. */
  readonly compute: 'fp32' | 'tf32' | 'fp16' | 'fp8' | 'int8' | 'fp4' | 'int4';
  /** Kernels that behave alike. */
  readonly kernels: 'fp32' | 'dense' | 'fp8' | 'w8a8' | 'w8' | 'w4' | 'gptq4' | 'marlin' | 'w4a8' | 'fp4' | 'bnb8' | 'bnb4' | 'gguf' | 'exl2' | 'lowbit';
  /** Embeddings and head stay in 16 bits. */
  readonly wholeHead: boolean;
  /** Of a routed model, the experts alone are stored so. */
  readonly expertsOnly?: boolean;
  /** Tokens of a product that share one reading of the weights, where the kernel takes no more at once. */
  readonly rows?: number;
}

/** Bits a weight of llama.cpp's quantisations.
 * @source github:ggml-org/llama.cpp tools/quantize/README.md, sizes of Llama-3-8B files */
const ggufBits: Readonly<Record<string, number>> = {
  q8_0: 8.5,
  q6_k: 6.56,
  q5_1: 6.0,
  q5_k_m: 5.69,
  q5_k: 5.69,
  q5_k_s: 5.54,
  q5_0: 5.54,
  q4_1: 5.1,
  q4_k_m: 4.89,
  q4_k: 4.89,
  q4_k_s: 4.67,
  q4_0: 4.65,
  iq4_nl: 4.66,
  iq4_xs: 4.44,
  q3_k_l: 4.3,
  q3_k_m: 4.0,
  q3_k: 4.0,
  q3_k_s: 3.65,
  iq3_m: 3.76,
  iq3_s: 3.66,
  iq3_xs: 3.5,
  iq3_xxs: 3.25,
  q2_k: 3.16,
  q2_k_s: 2.97,
  iq2_m: 2.94,
  iq2_s: 2.74,
  iq2_xs: 2.59,
  iq2_xxs: 2.38,
  iq1_m: 2.15,
  iq1_s: 2.0,
};

/** Formats whose kernels unpack the weights once and then multiply them as 16-bit ones where a product has many tokens. */
export const unpacksForPrompts = (format: WeightFormat): boolean => /^(w4|gptq4|w8|bnb4|exl2)$/.test(format.kernels);

/** Tokens of a product from which unpacking first is faster than the fused kernel.
 * @source github:vllm-project/vllm awq.py (256), github:turboderp/exllamav2 ext (32 to 128), github:casper-hansen/AutoAWQ (1024) */
export const unpackTokens = 256;

/** The format that a written name means (`bf16`, `w4a16-awq`, `Q4_K_M`, `exl2-4.0bpw`), or undefined.
 * @assumes group size 128 for 4-bit integer formats: 16-bit scale and 4-bit zero a group, 4.16 bits (arXiv:2306.00978 §5); MXFP4 32-blocks 4.25 bits (OCP MX 1.0), NVFP4 16-blocks 4.5 bits */
export function weightFormat(name: string, eager: boolean): WeightFormat | undefined {
  const id = name.toLowerCase().trim();
  const of = (bits: number, compute: WeightFormat['compute'], kernels: WeightFormat['kernels'], wholeHead = false): WeightFormat => ({
    id,
    bytes: bits / 8,
    compute,
    kernels,
    wholeHead,
  });
  const gguf = id.replace(/^(gguf[-_ ]?|ggml[-_ ]?)/, '').replace(/-/g, '_');
  if (ggufBits[gguf] !== undefined) return of(ggufBits[gguf], 'fp16', 'gguf');
  const exl2 = /(?:exl[23])[-_ ]?([\d.]+)/.exec(id);
  if (exl2 !== null) return of(Number(exl2[1]), 'fp16', 'exl2');
  if (/^(aqlm|quip|hqq-?[23]|[23][-_ ]?bit|int[23]$)/.test(id)) return of(/3/.test(id) ? 3.25 : 2.3, 'fp16', 'lowbit', true);
  if (/w4a8/.test(id)) return of(4.16, 'int8', 'w4a8', true);
  if (/w4a4/.test(id)) return of(4.16, 'int4', 'w4a8', true);
  if (/nvfp4/.test(id)) return of(4.5, 'fp4', 'fp4', true);
  if (/mxfp4|^fp4$/.test(id)) return { ...of(4.25, 'fp4', 'fp4', true), expertsOnly: true };
  if (/nf4|bnb[-_]?4|^4[-_ ]?bit$|bitsandbytes-?4|load_in_4bit/.test(id)) return of(4.5, 'fp16', 'bnb4', true);
  if (/w8a8|smoothquant/.test(id)) return of(8, 'int8', 'w8a8', true);
  if (/fp8|e4m3|e5m2/.test(id)) return of(8, 'fp8', 'fp8', true);
  if (/w8a16|gptq-?(int)?8|int8-weight/.test(id)) return of(8.25, 'fp16', 'w8', true);
  if (/gptq/.test(id)) return of(4.16, 'fp16', 'gptq4', true);
  if (/w4a16|awq|marlin|^int4|^u?int4/.test(id)) return of(4.16, 'fp16', 'w4', true);
  if (/llm\.int8|bnb[-_]?8|^8[-_ ]?bit$|load_in_8bit|^bitsandbytes$/.test(id)) return of(8, 'fp16', 'bnb8', true);
  if (/^int8|^i8|int8[-_]/.test(id)) return eager ? of(8, 'fp16', 'bnb8', true) : of(8, 'int8', 'w8a8');
  if (/int16/.test(id)) return of(16, 'fp32', 'dense');
  if (/tf32/.test(id)) return of(32, 'tf32', 'fp32');
  if (/fp32\+bf16/.test(id)) return of(32, 'fp16', 'fp32');
  if (/fp32|float32|^float$|^single$/.test(id)) return of(32, 'fp32', 'fp32');
  if (/bf16|bfloat16|fp16|float16|^half$|^16$/.test(id)) return of(16, 'fp16', 'dense');
  return undefined;
}

/** Bytes of one element of the KV cache. */
export function kvBytes(dtype: string | undefined, fallback: number): number {
  if (dtype === undefined || dtype === 'auto') return fallback;
  const id = dtype.toLowerCase();
  if (/fp8|int8|e4m3|e5m2|q8/.test(id)) return 1;
  if (/int4|q4|fp4/.test(id)) return 0.5625;
  if (/q6/.test(id)) return 0.8125;
  if (/fp32|float32/.test(id)) return 4;
  return 2;
}
