/** One look at one GPU. What the tool does not tell is absent: it is not 0. */
export interface GpuSample {
  /** Index or UUID, as CUDA_VISIBLE_DEVICES names it. */
  readonly names: readonly string[];
  readonly model: string;
  /** @unit share */
  readonly utilisation?: number;
  /** @unit MiB */
  readonly memory?: number;
  /** @unit W */
  readonly power?: number;
}
/** What the product asks nvidia-smi for. */
export const nvidiaQuery = ['--query-gpu=index,uuid,name,utilization.gpu,memory.used,power.draw', '--format=csv,noheader,nounits'] as const;

/** A line of nvidia-smi: `0, GPU-…, NVIDIA H100 80GB HBM3, 97, 61234, 655.20`; `[N/A]` where the card does not tell. */
export function readNvidia(line: string): GpuSample | undefined {
  const cells = line.split(',').map((cell) => cell.trim());
  const [index, uuid, model, utilisation, memory, power] = cells;
  if (cells.length !== 6 || index === undefined || !/^\d+$/.test(index) || uuid === undefined || model === undefined) return undefined;
  return { names: [index, uuid], model, ...known('utilisation', utilisation, 0.01), ...known('memory', memory, 1), ...known('power', power, 1) };
}
/** The answer of `rocm-smi --showuse --showpower --showproductname --json`. */
export function readRocm(text: string): GpuSample[] {
  let cards: unknown;
  try {
    cards = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof cards !== 'object' || cards === null) return [];
  return Object.entries(cards).flatMap(([card, values]) => {
    const index = /^card(\d+)$/.exec(card)?.[1];
    if (index === undefined || typeof values !== 'object' || values === null) return [];
    const of = (pattern: RegExp): string | undefined => {
      const found = Object.entries(values as Record<string, unknown>).find(([key]) => pattern.test(key))?.[1];
      return found === undefined ? undefined : String(found);
    };
    return [
      {
        names: [index],
        model: of(/card (series|model)/i) ?? 'AMD GPU',
        ...known('utilisation', of(/gpu use \(%\)/i), 0.01),
        ...known('power', of(/power \(w\)/i), 1),
      },
    ];
  });
}
const known = <K extends string>(key: K, text: string | undefined, scale: number): Partial<Record<K, number>> =>
  text !== undefined && /^-?[\d.]+$/.test(text) ? ({ [key]: Number(text) * scale } as Partial<Record<K, number>>) : {};

/** Only the GPUs that a job may use, by CUDA_VISIBLE_DEVICES or its like; all of them where it is not said. */
export function isVisible(sample: GpuSample, visible: string | undefined): boolean {
  if (visible === undefined || visible.trim() === '') return visible === undefined;
  return visible.split(',').some((one) => sample.names.some((name) => name === one.trim() || (one.trim().length > 8 && name.startsWith(one.trim()))));
}

/** What a job used, as far as somebody measured it. */
export interface Metered {
  /** Highest number of GPUs seen at once. */
  readonly gpus?: number;
  readonly gpuModel?: string;
  /** @unit h */
  readonly gpuHours?: number;
  /** Mean over time and GPUs @unit share */
  readonly utilisation?: number;
  /** @unit MiB of one GPU */
  readonly peakMemory?: number;
  /** Of the GPUs that tell their power @unit Wh */
  readonly energy?: number;
  readonly samples: number;
}
/** Time for which a look still holds; after a longer gap nothing is known. @unit ms */
const longest = 60_000;

/** Adds up looks at the GPUs of one job. */
export class Meter {
  private last: number | undefined;
  private samples = 0;
  private gpus = 0;
  private model: string | undefined;
  private peak: number | undefined;
  private busy = 0;
  private watched = 0;
  private joules: number | undefined;
  private before: readonly GpuSample[] = [];
  /** @param at milliseconds of a clock that only goes forward */
  look(samples: readonly GpuSample[], at: number): void {
    const gap = this.last === undefined ? 0 : Math.min(longest, Math.max(0, at - this.last)) / 1000;
    // each look holds until the next one
    for (const one of this.before) {
      if (one.utilisation !== undefined) {
        this.busy += one.utilisation * gap;
        this.watched += gap;
      }
      if (one.power !== undefined) this.joules = (this.joules ?? 0) + one.power * gap;
    }
    for (const one of samples) if (one.memory !== undefined) this.peak = Math.max(this.peak ?? 0, one.memory);
    this.gpus = Math.max(this.gpus, samples.length);
    this.model ??= samples[0]?.model;
    this.samples++;
    this.before = samples;
    this.last = at;
  }
  /** @param hours time that the job ran */
  total(hours: number): Metered {
    return {
      samples: this.samples,
      ...(this.gpus === 0 ? {} : { gpus: this.gpus, gpuHours: this.gpus * hours }),
      ...(this.model === undefined ? {} : { gpuModel: this.model }),
      ...(this.watched === 0 ? {} : { utilisation: this.busy / this.watched }),
      ...(this.peak === undefined ? {} : { peakMemory: this.peak }),
      ...(this.joules === undefined ? {} : { energy: this.joules / 3600 }),
    };
  }
}

/** Words of a command without what looks like a secret: the value of `--api-key`, `TOKEN=…`, or a key that is told by its form. */
export function withoutSecrets(words: readonly string[]): string[] {
  let hide = false;
  return words.map((word) => {
    if (hide) {
      hide = false;
      return '***';
    }
    const named = /^(-{0,2}[\w.-]*(?:key|token|secret|passwd|password|credential)[\w.-]*)(=(.*))?$/is.exec(word);
    if (named && /^-/.test(word) && named[2] === undefined && !/tokeni[sz]er|tokens$/i.test(word)) {
      hide = true;
      return word;
    }
    if (named?.[2] !== undefined && !/tokeni[sz]er|tokens=/i.test(word)) return `${named[1]}=***`;
    return word.replace(/\b(sk-|hf_|ghp_|gho_|xox[abp]-|AKIA)[\w-]{8,}/g, '$1***').replace(/:\/\/[^/@\s]+@/g, '://***@');
  });
}
