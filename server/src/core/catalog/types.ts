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
  /** Set where not every layer attends to all earlier positions. */
  readonly kinds?: LayerMix;
  readonly modality: string;
  readonly dtype?: string;
  /** How its own checkpoint keeps the weights, where that is not in 16 or 32 bits. */
  readonly stored?: { readonly weights: string; readonly expertsOnly: boolean };
  /** Multiply-accumulates (1e9) a forward pass of one sample, for vision and diffusion. */
  readonly forwardGmacs?: number;
}

/** The layers of a model in which not every one attends to all earlier positions. */
export interface LayerMix {
  /** Layers whose cache grows with the sequence. */
  readonly attention: number;
  /** Layers that keep a state of one size, whatever the length: state space, linear attention, short convolution. */
  readonly recurrent: number;
  /** Feed-forward parts: of all tokens, and routed. */
  readonly dense: number;
  readonly routed: number;
  /** Channels of a recurrent layer: heads · head width. */
  readonly width: number | undefined;
  /** Elements that each channel keeps: the state size of a state space, the key width of linear attention, none of a convolution. */
  readonly depth: number | undefined;
  /** @unit bytes an element of the state */
  readonly elementBytes: number;
  /** Positions that the short convolution before the recurrence looks at. */
  readonly convolution: number;
}

/** The work of one training sample of a model whose unit is not the token. */
export interface SampleModel extends Sourced {
  readonly id: string;
  /** Matches the names that people write. */
  readonly pattern: RegExp;
  readonly kind: 'convolution' | 'depthwise' | 'grouped' | 'detection' | 'diffusion' | 'gan' | 'speech' | 'recommendation' | 'recurrent';
  /** Edge of the square input that the figures hold for. */
  readonly imageSize?: number;
  readonly paramsM?: number;
  /** Forward-equivalent multiply-accumulates (1e9) of one sample: one training step costs three times that. */
  readonly gmacs: number;
  /** Outputs of all layers (1e6 elements) of one forward pass. */
  readonly activationsM?: number;
  /** Outputs that one pass keeps for its gradients (1e6 elements), where that differs. */
  readonly keptM?: number;
  /** Forward passes of frozen encoders beside the model (1e9 multiply-accumulates a sample), where nobody computed their outputs before. */
  readonly frozenGmacs?: number;
  readonly usualBatch?: number;
}

export type Market = 'on-demand' | 'spot' | 'reserved-1y' | 'reserved-3y';

/** How accelerators are rented: a machine by the hour, a managed machine with its own price, or seconds of a shared pool. */
export type Service = 'vm' | 'sagemaker' | 'endpoint' | 'serverless';

/** A priced way to rent accelerators: the whole instance, by the hour. */
export interface Offer extends Sourced {
  readonly provider: string;
  readonly instance: string;
  /** `any`: one price everywhere, or the region is not published. */
  readonly region: string;
  readonly acceleratorId: string;
  readonly acceleratorCount: number;
  readonly vcpus?: number;
  readonly memoryGib?: number;
  readonly networkGbps?: number;
  readonly market: Market;
  readonly usdPerHour: number;
  readonly service?: Service;
  /** The unit that the provider bills in and prints; `usdPerHour` is converted. Absent: the hour. */
  readonly billedBy?: 'second' | 'hour';
  readonly minBillingSeconds?: number;
  readonly scaleToZero?: boolean;
  /** True where CPU and memory are billed on top of this price. */
  readonly gpuPartOnly?: boolean;
  /** True for a team's own rate out of `.mlcost.yaml`: it wins over every list price. */
  readonly own?: boolean;
}

/** Price of a hosted model's tokens. All in USD per 1e6 tokens, except `requestUsd`. */
export interface HostedPrice extends Sourced {
  readonly provider: string;
  readonly model: string;
  /** Other exact names of the model. A trailing `+` lets a date, `latest` or a revision number follow. */
  readonly match: readonly string[];
  readonly kind: 'text' | 'embedding';
  readonly inputUsd: number;
  /** Absent for embedding models, which give no tokens back. */
  readonly outputUsd?: number;
  readonly cachedInputUsd?: number;
  readonly cacheWriteUsd?: number;
  /** Price when the request runs in the provider's batch interface. */
  readonly batchInputUsd?: number;
  readonly batchOutputUsd?: number;
  /** Absent: the prices hold for short requests. Present: they hold, for every token, from this many input tokens on. */
  readonly fromInputTokens?: number;
  /** Price at the other time of day, where the provider has two; the first holds for more hours. */
  readonly otherInputUsd?: number;
  readonly otherOutputUsd?: number;
  /** USD for each request, on top of its tokens. */
  readonly requestUsd?: number;
  readonly note?: string;
  readonly own?: boolean;
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
  /** Launches of the network an item: passes for guidance share one. */
  readonly calls: number;
}

/** Mean lengths of a published request mix. */
export interface RequestShape extends Sourced {
  readonly match: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Denoising steps of an image. */
  readonly steps?: number;
}

/** How much a public data set holds for training. */
export interface DataSet extends Sourced {
  readonly id: string;
  readonly aliases: readonly string[];
  /** The split that is trained on. */
  readonly split: string;
  readonly rows: number;
}
