/** A figure's provenance: every row of the catalog has both. */
export interface Sourced {
  readonly source: string;
  /** The day the figure holds for, ISO 8601. */
  readonly asOf: string;
}

/** A kind of chip. Peaks are dense, 1e12 operations per second; bandwidths 1e9 bytes per second; memory in GiB. */
export interface Accelerator extends Sourced {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly aliases: readonly string[];
  readonly architecture: string;
  readonly computeCapability?: number;
  readonly memoryGib?: number;
  readonly memoryBandwidthGbps?: number;
  readonly fp32Tflops?: number;
  readonly tf32Tflops?: number;
  readonly fp16Tflops?: number;
  readonly bf16Tflops?: number;
  readonly fp8Tflops?: number;
  readonly int8Tops?: number;
  readonly fp4Tflops?: number;
  readonly int4Tops?: number;
  /** Device aggregate over both directions. */
  readonly interconnectGbps?: number;
  readonly pcieGen?: number;
  readonly tdpW?: number;
  readonly releaseYear?: number;
}

/** The shape of a published model. */
export interface ModelShape extends Sourced {
  readonly id: string;
  readonly family: string;
  readonly params?: number;
  readonly paramsActive?: number;
  readonly layers?: number;
  readonly hidden?: number;
  readonly ffn?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly vocab?: number;
  readonly maxPosition?: number;
  readonly tiedEmbeddings?: boolean;
  readonly attention?: string;
  readonly slidingWindow?: number;
  readonly experts?: number;
  readonly expertsPerToken?: number;
  readonly moeFfn?: number;
  readonly kvLoraRank?: number;
  readonly modality: string;
  readonly dtype?: string;
  /** Multiply-accumulates (1e9) a forward pass of one sample, for vision and diffusion. */
  readonly forwardGmacs?: number;
}

/** The work of one training sample of a model whose unit is not the token. */
export interface SampleModel extends Sourced {
  readonly id: string;
  /** Matches the names that people write. */
  readonly pattern: RegExp;
  readonly kind: 'convolution' | 'depthwise' | 'detection' | 'diffusion' | 'gan' | 'speech' | 'recommendation' | 'recurrent';
  /** Edge of the square input that the figures hold for. */
  readonly imageSize?: number;
  readonly paramsM?: number;
  /** Forward-equivalent multiply-accumulates (1e9) of one sample: one training step costs three times that. */
  readonly gmacs: number;
  /** Outputs of all layers (1e6 elements) of one forward pass. */
  readonly activationsM?: number;
  readonly usualBatch?: number;
}

export type Market = 'on-demand' | 'spot' | 'reserved-1y' | 'reserved-3y';

/** A priced way to rent accelerators: the whole instance, by the hour. */
export interface Offer extends Sourced {
  readonly provider: string;
  readonly instance: string;
  readonly region: string;
  readonly acceleratorId: string;
  readonly acceleratorCount: number;
  readonly vcpus?: number;
  readonly memoryGib?: number;
  readonly networkGbps?: number;
  readonly market: Market;
  readonly usdPerHour: number;
  /** True for a team's own rate out of `.mlcost.yaml`: it wins over every list price. */
  readonly own?: boolean;
}

/** Price of a hosted model's tokens. All per 1e6 tokens. */
export interface HostedPrice extends Sourced {
  readonly provider: string;
  readonly model: string;
  readonly inputUsd: number;
  readonly outputUsd: number;
  readonly cachedInputUsd?: number;
  readonly cacheWriteUsd?: number;
  /** Price when the request runs in the provider's batch interface. */
  readonly batchInputUsd?: number;
  readonly batchOutputUsd?: number;
  /** The prices above hold for requests up to this many input tokens; longer ones are another row with `fromInputTokens`. */
  readonly fromInputTokens?: number;
}

export interface GridCarbon extends Sourced {
  readonly provider: string;
  readonly region: string;
  readonly gramsPerKwh?: number;
  readonly pue?: number;
}

export interface StoragePrice extends Sourced {
  readonly provider: string;
  readonly service: string;
  readonly unit: string;
  readonly region: string;
  readonly usd: number;
}

/** A processor that serves without an accelerator; peaks are per core and cycle. */
export interface Cpu extends Sourced {
  /** Letters and digits that name it inside a printed processor name. */
  readonly match: string;
  readonly name: string;
  readonly cores: number;
  readonly baseGhz: number;
  readonly memoryBandwidthGbps: number;
  readonly fp32FlopPerCycle: number;
  readonly bf16FlopPerCycle?: number;
  readonly int8OpPerCycle?: number;
}

/** What one item costs a model that answers in whole passes: vision, diffusion, recommendation, speech synthesis. */
export interface InferenceModel extends Sourced {
  readonly name: string;
  readonly kind: string;
  readonly params?: number;
  /** Multiply-accumulates (1e9) of one pass at `imageSize`. */
  readonly forwardGmacs: number;
  /** Activation elements (1e6) that one pass writes. */
  readonly activationsM: number;
  /** Kernels of one pass, about the weighted layers. */
  readonly kernels: number;
  readonly imageSize?: number;
  /** Passes an item: denoising steps times guidance, windows of a volume, pairs of a query. */
  readonly passes: number;
}

/** Mean lengths of a published request mix. */
export interface RequestShape extends Sourced {
  readonly match: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Denoising steps of an image. */
  readonly steps?: number;
}
