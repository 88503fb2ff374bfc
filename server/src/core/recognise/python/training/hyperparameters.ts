import type { FactValue } from '../../../model/fact.js';
import { dotted, type Expr } from '../../../syntax/python/ast.js';
import type { Evaluated } from '../../shared/evaluated.js';
import { precisionOf } from '../../shared/precision.js';
import type { PythonInput } from '../../types.js';
import { keyed } from '../keyed.js';
import { amount, count, type FactSet, flag, text } from './fact-set.js';

type Change = (value: FactValue) => FactValue | undefined;

/** `imagenet2012:5.*.*` is a data set with its version. */
const unversioned: Change = (value) => (typeof value === 'string' && value.trim() !== '' ? value.replace(/:\d+(\.[\d*]+)*$/, '') : undefined);

/** Names that people give to a run's settings, without case and underscores, the more specific first. */
const vocabulary: readonly (readonly [fact: string, names: string, change: Change])[] = [
  [
    'batch_size',
    'perdevicetrainbatchsize trainmicrobatchsizepergpu microbatchsize trainbatchsize batchsizetraining batchsizetrain perdevicebatchsize pergputrainbatchsize pergpubatchsize devicebatchsize perprocbatchsize batchsize bs',
    count,
  ],
  ['global_batch_size', 'globalbatchsize totalbatchsize effectivebatchsize', count],
  [
    'grad_accum',
    'gradientaccumulationsteps gradientaccumulation gradaccumsteps gradaccumulationsteps gradaccum accumulationsteps accumsteps accumiter accumulategradbatches gradaccsteps gradientaccumulationstep',
    count,
  ],
  ['epochs', 'numtrainepochs numepochs nepochs maxepochs trainepochs totalepochs epochs numepoch nepoch maxepoch nbepochs epochnum', amount],
  [
    'max_steps',
    'maxtrainsteps numtrainsteps trainsteps maxsteps maxstep numsteps nsteps totalsteps maxiters numiters numiterations maxiterations trainiters totaliters numtrainingsteps',
    count,
  ],
  [
    'seq_len',
    'maxseqlength maxseqlen sequencelength seqlength seqlen blocksize contextlength contextlen ctxlen cutofflen maxtargetlength maxlength maxlen maxsourcelength nctx',
    count,
  ],
  ['image_size', 'imagesize imgsize resolution imgsz', count],
  ['optimizer', 'optimizername optimizertype opttype optimizer optim opt', text],
  ['model', 'pretrainedmodelnameorpath modelnameorpath modelname modelid basemodel modelarch arch backbone model', text],
  ['dataset', 'datasetname datasetid datasetpath dataset datapath traindatadir datadir', unversioned],
  ['precision', 'mixedprecision precision ampdtype torchdtype dtype', (value) => (value === true ? 'fp16' : precisionOf(value))],
  ['n_layer', 'nlayer nlayers numlayers numhiddenlayers', count],
  ['n_embd', 'nembd nembed embdim hiddensize dmodel embeddim', count],
  ['n_head', 'nhead nheads numheads numattentionheads', count],
  ['vocab_size', 'vocabsize', count],
  ['lora_rank', 'lorarank lorar', count],
  ['num_generations', 'numgenerations numsamplesperprompt nsamplesperprompt', count],
  ['num_nodes', 'numnodes nnodes', count],
  ['gpu_count', 'numgpus ngpus numofdevices numdevices', count],
  ['train_tokens', 'traintokens totaltokens tokenbudget', count],
  ['dataset_size', 'maxtrainsamples numtrainsamples maxsamples ntrainexamples', count],
  ['grad_ckpt', 'gradientcheckpointing gradcheckpointing activationcheckpointing usegradientcheckpointing enablegradientcheckpointing', flag],
  ['compile', 'torchcompile usecompile compilemodel', flag],
];
const byName = new Map(vocabulary.flatMap(([fact, names, change]) => names.split(' ').map((name, rank) => [name, { fact, rank, change }] as const)));

/** What a setting's name may begin with: the first word of `batch-size`. */
const beginnings = new Set([...byName.keys()].flatMap((name) => Array.from(name, (_, end) => name.slice(0, end + 1))));
const plain = (written: string): string => written.replace(/[_-]/g, '').toLowerCase();

interface Candidate {
  readonly fact: string;
  readonly rank: number;
  /** Where it stands: an option of a command line is the strongest, a local variable the weakest. */
  readonly strength: number;
  readonly value: Evaluated;
  readonly change: Change;
}

/** Adds the run's settings by the names that they have in the file: options, constants, fields of a configuration, keys of a dict, defaults of parameters. */
export function addHyperparameters(input: PythonInput, facts: FactSet, within?: { start: number; end: number }, only?: RegExp): void {
  const found = candidates(input, (fact) => !facts.has(fact) && (only === undefined || only.test(fact)), within);
  found.sort((a, b) => a.strength - b.strength || a.rank - b.rank);
  for (const { fact, value, change } of found) if (value.known) facts.put(fact, value, change);
}

function candidates(input: PythonInput, wanted: (fact: string) => boolean, within: { start: number; end: number } | undefined): Candidate[] {
  const { program, evaluate } = input;
  const found: Candidate[] = [];
  const asked = new Set<string>();
  for (const [at, written] of settings(program, within)) {
    const known = byName.get(plain(written));
    if (!known || !wanted(known.fact)) continue;
    const { fact, rank, change } = known;
    const add = (strength: number, value: Evaluated | undefined): void => {
      if (value) found.push({ fact, rank, change, strength, value });
    };
    const isQuoted = /["']/.test(program.text[at + written.length] ?? '');
    const name = isQuoted ? written.replaceAll('-', '_') : written;
    if (isQuoted) {
      if (!within && !asked.has(`-${name}`)) {
        asked.add(`-${name}`);
        add(0, evaluate.option(name));
      }
      add(2, entryValue(input, at, written));
      continue;
    }
    const keyword = numbers.test(fact) || fact === 'precision' ? keywordValue(input, at, name) : undefined;
    add(2, keyword);
    if (keyword || asked.has(name)) continue;
    asked.add(name);
    for (const binding of program.bindings(name)) {
      if (within && (binding.start < within.start || binding.start >= within.end)) continue;
      if (!binding.value || binding.index !== undefined || (binding.kind !== 'assign' && binding.kind !== 'parameter')) continue;
      const filled = binding.inClass === undefined ? undefined : givenTo(input, binding.start, name);
      if (filled?.known) {
        add(0.5, filled);
        continue;
      }
      const isOwn = binding.object === 'self' && /^(batch_size|epochs|max_steps)$/.test(fact);
      if (binding.object !== undefined && !isOwn && !/^(self\.)?\w*(conf|cfg|arg|opt|param|flag|hp|^c$|^c\.)\w*(\.\w+)*$/i.test(binding.object)) continue;
      const value = evaluate.value(binding.value);
      if (!value.known || value.value === null) continue;
      const isField = binding.inClass !== undefined && binding.object === undefined;
      const isDefault = isField || binding.kind === 'parameter';
      // A local variable of such a name may be anything: only a number is believed.
      const isLocal = binding.kind === 'assign' && binding.scope !== -1 && binding.object === undefined;
      if (isLocal && !numbers.test(fact)) continue;
      const strength = binding.kind === 'parameter' ? 3 : isOwn ? 5 : binding.scope === -1 || binding.object !== undefined ? 1 : 4;
      add(strength, {
        ...value,
        ...(!isDefault && value.param === undefined && evaluate.isReplaceable(binding) ? { param: name } : {}),
        ...(isDefault ? { param: value.param ?? name, note: value.note ?? `default of ${name}` } : {}),
        origin: isDefault ? 'default' : value.origin === 'literal' ? (binding.object === undefined ? 'variable' : 'literal') : value.origin,
      });
    }
  }
  return found;
}

/** What the class of a field is made with in this file: `ModelConfig(**settings)`. */
function givenTo({ program, evaluate }: PythonInput, field: number, name: string): Evaluated | undefined {
  const owner = program.blocks(field).find((block) => block.kind === 'class')?.name;
  const made = owner === undefined ? [] : program.callsOf(owner);
  if (made.length !== 1) return undefined;
  const given = keyed(evaluate, made[0]!.call).get(name);
  return given && evaluate.value(given);
}

/** Offsets and spellings of words that may be a setting's name and are given a value or stand in quotes, `batch-size` as one. */
function settings({ words, text }: PythonInput['program'], within: { start: number; end: number } | undefined): [number, string][] {
  const found: [number, string][] = [];
  const pattern = /(?<!\b[A-Za-z_][\w-]*-)[A-Za-z_][\w-]*(?=\s{0,8}(?::[^=\n]{1,60})?=(?!=)|["'])/y;
  for (const [word, places] of words) {
    if (!beginnings.has(plain(word))) continue;
    for (const at of places) {
      if (within && (at < within.start || at >= within.end)) continue;
      pattern.lastIndex = at;
      const written = pattern.exec(text)?.[0];
      if (written !== undefined) found.push([at, written]);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

const numbers = /^(batch_size|global_batch_size|grad_accum|epochs|max_steps|seq_len|n_layer|n_embd|n_head|lora_rank|image_size|vocab_size|train_tokens)$/;

/** A keyword of a settings object that is constructed: `TrainArgs(epochs=5)`. */
function keywordValue({ program, evaluate }: PythonInput, at: number, name: string): Evaluated | undefined {
  const call = program.callAround(at);
  const given = call?.args.find((arg) => arg.keyword === name && arg.start === at);
  if (!call || !given) return undefined;
  const callee = dotted(call.callee) ?? '';
  const left = program.text.slice(program.statement(at).start, call.start);
  const isListed = /^(dict|EasyDict|edict|SimpleNamespace|argparse\.Namespace|Namespace|Munch)$/.test(callee) && settingsDict.test(left);
  const isFlags = /(^|\.)define_flags_with_default$/.test(callee);
  const isSettings = /^(?!.*(Eval|Valid|Test|Gen))[\w.]*(Args|Arguments|Config|Params|Settings|Hyperparameters)$/.test(callee);
  if (!isListed && !isFlags && !isSettings) return undefined;
  const value = evaluate.value(given.value);
  if (isFlags || (isListed && /default/i.test(left))) return value.known ? { ...value, origin: 'default', param: name, note: `default of --${name}` } : value;
  const header = program.blocks(at)[0];
  const isDefault = header?.kind === 'def' && at < header.bodyStart;
  return isDefault && value.known ? { ...value, origin: 'default', param: name, note: `default of the parameter's ${name}` } : value;
}

/** What stands before a dict that is a configuration by its name. */
const settingsDict = /^\s*\w*(?:conf|cfg|param|arg|hyper|option|setting|hp|default)\w*\s*(?::[^=\n]+)?=\s*$/i;
/** A key of a dict that is a configuration by its name or by where it goes. */
function entryValue(input: PythonInput, at: number, key: string): Evaluated | undefined {
  const { program, evaluate } = input;
  if (!/^["']\s*:/.test(program.text.slice(at + key.length, at + key.length + 6))) return undefined;
  const statement = program.statement(at);
  const name = program.text
    .slice(statement.start, Math.min(at, statement.start + 200))
    .match(/^\s*(\w*(?:conf|cfg|param|arg|hyper|option|setting|hp|default)\w*)\s*(?::[^=\n]+)?=\s*\{/i)?.[1];
  const around = name === undefined ? program.callAround(at) : undefined;
  const given = around?.args.find(
    (arg) => /^(config|train_loop_config|hyperparameters|param_space|entrypoint_args)$/.test(arg.keyword ?? '') && arg.start < at && arg.end > at,
  )?.value;
  const owner: Expr | undefined = name === undefined ? given : { kind: 'name', name, start: statement.end, end: statement.end };
  const entry = owner && evaluate.entry(owner, key);
  return entry && evaluate.value(entry);
}
