import type { Fact, FactValue, UnknownFact } from '../model/fact.js';
import type { Problem } from '../model/problem.js';
import type { Span } from '../model/span.js';
import type { WorkloadKind } from '../model/workload.js';
import type { HclBody } from '../syntax/hcl/ast.js';
import type { PythonProgram } from '../syntax/python/program.js';
import type { ShellScript } from '../syntax/shell/script.js';
import type { TypescriptProgram } from '../syntax/typescript/program.js';
import type { Value } from '../syntax/value.js';
import type { Document } from '../text/document.js';
import type { Language } from '../text/language.js';
import type { Evaluator } from './python/evaluate.js';
import type { TypescriptEvaluator } from './typescript/evaluate.js';
import type { Pin } from './version.js';

/** Another file that a workload uses, as it is written there. */
export interface Reference {
  /** What the file gives: a configuration of the same run (DeepSpeed, accelerate, a trainer's YAML), or a model's own `config.json`. */
  readonly role: 'config' | 'model-config';
  /** Path as written, relative to the file, to the workspace root, or to a folder that the launch changes to. */
  readonly target: string;
  readonly span: Span;
  /** True where this file takes the other one over and may state otherwise. */
  readonly inherited?: true;
}

/** One flag of a command, name without dashes and with `_` for `-`; a flag without a value is `true`. */
export interface Flag {
  readonly name: string;
  readonly value: FactValue;
  readonly span: Span;
  /** The values that a sweep tries by turns. */
  readonly swept?: readonly string[];
}

/** A command that runs a program which is described elsewhere. */
export interface Launch {
  readonly span: Span;
  readonly target: { readonly kind: 'script' | 'module' | 'config'; readonly name: string };
  /** Flags for the program, not for the launcher. */
  readonly flags: readonly Flag[];
  /** Set where the launcher starts equal processes and says nothing about how they share the model: torchrun. */
  readonly replicates?: true;
  /** A variable of the environment that the command runs in, where it is known. */
  readonly variable?: (name: string) => Flag | undefined;
}

/** A workload as one file states it, before files are joined. */
export interface SeenWorkload {
  readonly kind: WorkloadKind;
  /** As in `../shared` vocabulary: `transformers`, `trl`, `vllm`, `openai`, `pytorch`, `axolotl` … */
  readonly framework: string;
  /** Short words for the lens before the model's name: `Fine-tune`, `Pretrain`, `vLLM`. */
  readonly title?: string;
  readonly span: Span;
  readonly facts: readonly Fact[];
  readonly unknown: readonly UnknownFact[];
  readonly refs: readonly Reference[];
  /** Set where the workload is a command that runs another file. */
  readonly launch?: Launch;
  /** True for a configuration that only says how another workload runs (DeepSpeed JSON): no money of its own. */
  readonly fragment?: true;
  /** True where gradients are computed here and nothing here asks for narrower numbers: those of the library hold. */
  readonly plain?: true;
  /** Name of the Kubernetes object that it is, `Kind/name`. */
  readonly object?: string;
  /** The object whose replicas it bounds. */
  readonly scales?: string;
  /** True where only a value of another file tells whether it has accelerators: it is left out unless that file says so. */
  readonly tentative?: true;
}

/** A settings file as values. */
export interface Settings {
  /** One a YAML document; one of JSON. */
  readonly roots: readonly Value[];
  /** Hydra's `# @package` header. */
  readonly package?: string;
}

/** A command that hands a script to a scheduler, with what it asks for itself. */
export interface Submission {
  readonly target: string;
  readonly facts: readonly Fact[];
}

/** Another file, as one that takes it in reads it. */
export interface Included {
  readonly uri: string;
  readonly settings: Settings;
}
/** Finds a file by the path from the document that names it; undefined while it is not known, or not there. */
export type Include = (target: string) => Included | undefined;

/** What one document says. */
export interface Sighting {
  readonly uri: string;
  readonly workloads: readonly SeenWorkload[];
  /** What it says once the files that it takes in are at hand (a chart's values, an overlay's base, variables); undefined where they are not there. */
  readonly joined?: (include: Include) => readonly SeenWorkload[] | undefined;
  /** Constants, defaults and options that other files import by name: asked for by name, so a function. Absent for what is no program. */
  readonly exported?: (path: readonly string[]) => Fact | UnknownFact | undefined;
  /** The whole file as values, for a program or a file that loads it. Parsed when asked. */
  readonly settings?: () => Settings;
  /** The shape in a model's own `config.json`: facts of a model, not of a workload. */
  readonly modelShape?: readonly Fact[];
  /** Number of samples, where it is a data file that a workload names. */
  readonly items?: number;
  /** Files or hub ids by name, where it is a list of data sets. */
  readonly registered?: Readonly<Record<string, string>>;
  /** The module that it hands its work to, where it is a program that does nothing else. */
  readonly handsOnTo?: string;
  /** Scripts that it hands to a scheduler. */
  readonly submits?: readonly Submission[];
  /** Versions of libraries that it asks for. */
  readonly pins?: readonly Pin[];
  /** Further lists of requirements that it takes in. */
  readonly includes?: readonly string[];
  readonly problems: readonly Problem[];
}

/** For the table of formats in the documentation, which is generated from the recognisers. */
export interface FormatDoc {
  readonly format: string;
  readonly reads: string;
  readonly example: string;
}

interface RecogniserOf<L extends Language, Input> {
  /** Same as the file's name. */
  readonly id: string;
  readonly language: L;
  /** A cheap test of the whole text. A document that no marker matches is never parsed: it must match every text that the recogniser could recognise. */
  readonly marker: RegExp;
  readonly doc: FormatDoc;
  /** True where it reads only what no other recogniser of its language knows. */
  readonly last?: true;
  recognise(input: Input): readonly SeenWorkload[];
}
export interface PythonInput {
  readonly document: Document;
  readonly program: PythonProgram;
  readonly evaluate: Evaluator;
}
export interface TypescriptInput {
  readonly document: Document;
  readonly program: TypescriptProgram;
  readonly evaluate: TypescriptEvaluator;
}
export interface ConfigInput {
  readonly document: Document;
  /** One value a YAML document; one for JSON and TOML. */
  readonly roots: readonly Value[];
  /** What a Python program inside the file says, with spans in its own text; absent where no grammar is at hand. */
  readonly program?: (text: string) => readonly SeenWorkload[];
}
export interface ShellInput {
  readonly document: Document;
  readonly script: ShellScript;
}
export interface HclInput {
  readonly document: Document;
  readonly body: HclBody;
}
export type PythonRecogniser = RecogniserOf<'python', PythonInput>;
export type TypescriptRecogniser = RecogniserOf<'typescript', TypescriptInput>;
export type YamlRecogniser = RecogniserOf<'yaml', ConfigInput>;
export type JsonRecogniser = RecogniserOf<'json', ConfigInput>;
export type TomlRecogniser = RecogniserOf<'toml', ConfigInput>;
export type ShellRecogniser = RecogniserOf<'shell', ShellInput>;
export interface TextInput {
  readonly document: Document;
}
export type PbtxtRecogniser = RecogniserOf<'pbtxt', ConfigInput>;
export type TextRecogniser = RecogniserOf<'dockerfile' | 'modelfile', TextInput>;
export type HclRecogniser = RecogniserOf<'hcl', HclInput>;
export type Recogniser =
  | PythonRecogniser
  | TypescriptRecogniser
  | YamlRecogniser
  | JsonRecogniser
  | TomlRecogniser
  | ShellRecogniser
  | HclRecogniser
  | PbtxtRecogniser
  | TextRecogniser;
