/** What the name of a provider's machine type tells: that it has accelerators, and for names that say so which and how many. */
export interface NamedMachine {
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** Accelerators as they stand in names of machines and partitions. */
export const chip =
  '(?:gh200|gb[23]00|h[12]00|h20|[ah]800|b[23]00|a100|a10g?|a16|a30|a40|a4000|a5000|a6000|l40s?|l4|t4|v100s?|p100|p40?|k80|m60|rtx\\w*|\\d{4}ada|mi\\d{3}x?|gaudi\\d?)';

/** Names that hold chip and count, by provider's way of writing them. */
const telling: readonly RegExp[] = [
  // crusoe: h100-80gb-sxm-ib.8x, l40s-48gb.8x
  new RegExp(`^(?<type>${chip})(?:-[\\w-]+)?\\.(?<count>\\d+)x$`, 'i'),
  // lambda: gpu_8x_h100_sxm5
  new RegExp(`^gpu_(?<count>\\d+)x_(?<type>${chip})`, 'i'),
  // digitalocean: gpu-h100x8-640gb
  new RegExp(`^gpu-(?<type>${chip}?)x?(?<count>\\d+)-\\d+gb`, 'i'),
  // oracle: BM.GPU.H100.8
  new RegExp(`^(?:BM|VM)\\.GPU\\.(?<type>${chip})(?:[_-]v\\d)?\\.(?<count>\\d+)$`, 'i'),
  // coreweave: gd-8xh100ib-i128
  new RegExp(`^gd-(?<count>\\d+)x(?<type>${chip})`, 'i'),
  // hyperstack: n3-H100x8, n3-A100x8-NVLink
  new RegExp(`^n\\d-(?<type>${chip})x(?<count>\\d+)`, 'i'),
  // verda: 8H100.80S.176V
  new RegExp(`^(?<count>\\d+)(?<type>${chip})\\.\\d`, 'i'),
  // scaleway: H100-1-80G, H100-SXM-8-80G
  new RegExp(`^(?<type>${chip})(?:-sxm)?-(?<count>\\d)-\\d+G$`, 'i'),
  // ibm: gx3-16x80x1l4, gx3d-160x1792x8h100
  new RegExp(`^gx\\d\\w*-\\d+x\\d+x(?<count>\\d+)(?<type>${chip})$`, 'i'),
  // nebius: gpu-h100-sxm; the preset has the count
  new RegExp(`^gpu-(?<type>${chip})(?:-\\w+)?$`, 'i'),
  // azure: Standard_NC24ads_A100_v4, Standard_ND96isr_H100_v5
  new RegExp(`^Standard_N[A-Z]\\d+\\w*?_(?<type>${chip})_v\\d$`, 'i'),
  // nebius: 8gpu-128vcpu-1600gb
  /^(?<count>\d+)gpu-\d+vcpu-\d+gb$/i,
];
/** Names of families with accelerators, whose chips a table has. */
const families: readonly RegExp[] = [
  // aws: p5.48xlarge, ml.g5.xlarge, trn1.32xlarge, inf2.xlarge
  /^(?:ml\.)?(?:p[2-9][a-z0-9-]*|g[3-9][a-z]*|gr\d\w*|trn\d\w*|inf\d\w*|dl\d\w*)\.(?:\d*x?large|medium|metal\S*)$/i,
  // google: a3-highgpu-8g, g2-standard-4, ct5lp-hightpu-4t
  /^(?:a[2-4]x?-(?:high|ultra|mega|edge|max)gpu\S*-\d+g\S*|g[24]-standard-\d+|ct\d\w*-\w+-\d+t)$/i,
  // google's TPU slices: v5litepod-8, v4-32, v6e-8
  /^v(?:[2-4]|5p|5e|6e|5litepod)-\d+$/i,
  // azure: Standard_NC6s_v3, Standard_NV12ads_A10_v5
  /^(?:standard|basic)_n[cdgv]\d+\w*$/i,
  // oracle, linode, yandex, openstack and others that have the word in the name
  /(?:^|[._-])gpu\d?(?:$|[._-])/i,
  // vultr, alibaba, tencent, ibm, linode
  /^(?:vcg-|ecs\.(?:ebm|s?v)?gn\d|(?:gn|pnv|gt)\d\w*\.|gx\d\w*-|g\d-accelerated-)/i,
  // ovh: h100-380, l4-90, a100-180
  /^(?:h100|a100|a10|l40s|l4|rtx5000)-\d{2,3}$/i,
];

/** What a machine type's name tells; undefined where it is none with accelerators.
 * @source the providers' own lists of machine types */
export function machineOfName(name: string): NamedMachine | undefined {
  const written = name.trim();
  if (written.length > 80) return undefined;
  for (const pattern of telling) {
    const groups = pattern.exec(written)?.groups;
    if (!groups) continue;
    return {
      ...(groups['type'] ? { gpuType: groups['type'].toLowerCase() } : {}),
      ...(groups['count'] ? { gpuCount: Number(groups['count']) } : {}),
    };
  }
  return families.some((pattern) => pattern.test(written)) ? {} : undefined;
}

/** Names of accelerators as providers have them: `nvidia-l4`, `nvidia-tesla-t4`, `NVIDIA A100 80GB PCIe`. */
export const isAcceleratorName = (name: string): boolean =>
  name.length < 60 &&
  (/^(?:nvidia|amd|tesla)[-_ ](?!com\b)[\w .-]+$/i.test(name) || new RegExp(`^${chip}(?:[-_ ]\\w+)*$`, 'i').test(name)) &&
  !/driver|plugin|toolkit|runtime|smi/i.test(name);
