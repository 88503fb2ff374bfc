import type { Problem } from '../model/problem.js';
import { readCommands } from '../syntax/commands.js';
import type { GrammarName, Grammars } from '../syntax/grammars.js';
import { readHcl } from '../syntax/hcl/read.js';
import { readJson } from '../syntax/json.js';
import { readPbtxt } from '../syntax/pbtxt.js';
import { PythonProgram } from '../syntax/python/program.js';
import { placedScript, readShell } from '../syntax/shell/read.js';
import type { ShellScript } from '../syntax/shell/script.js';
import { readToml } from '../syntax/toml.js';
import { SyntaxTree } from '../syntax/tree.js';
import { TypescriptProgram } from '../syntax/typescript/program.js';
import { readYaml } from '../syntax/yaml.js';
import { createDocument, type Document } from '../text/document.js';
import { takesIn } from './includes.js';
import { modelShapeOf } from './json/model-config.js';
import { isRelevant, type Marked, markedBy, maxTextLength } from './marked.js';
import { isManifest, versionsIn } from './pins.js';
import { Evaluator } from './python/evaluate.js';
import { exportedFrom } from './python/exported.js';
import { handedOnTo } from './python/handed-on.js';
import { interpolated } from './python/interpolated.js';
import { recognisers } from './registry.js';
import { settingsOf } from './settings.js';
import { Scope } from './shared/terraform/scope.js';
import { isValuesFile } from './shared/terraform/workloads.js';
import { type HereDocument, hereDocumentsOf, placedInScript } from './shell/here-documents.js';
import { submissionsOf } from './shell/submit.js';
import type { Include, Recogniser, SeenWorkload, Sighting, TypescriptRecogniser } from './types.js';
import { TypescriptEvaluator } from './typescript/evaluate.js';
import { exportedFrom as exportedFromTypescript } from './typescript/exported.js';
import { joinWritten, writtenByCells } from './written-files.js';
import { configMap } from './yaml/config-map.js';

/** Grammar that a document needs before `recognise` can run, if any. Markup in a program and type assertions in angle brackets exclude each other,
 * so that plain TypeScript has a grammar of its own. */
export const grammarOf = ({ language, uri }: Pick<Document, 'language' | 'uri'>): GrammarName | undefined =>
  language === 'python' ? 'python' : language === 'typescript' ? (/\.[cm]?ts$/i.test(uri) ? 'typescript' : 'tsx') : undefined;

/** The grammars that must be loaded before `recognise` can run. */
export function grammarsFor(document: Pick<Document, 'language' | 'uri' | 'text'>): readonly GrammarName[] {
  const own = grammarOf(document);
  if (own) return [own];
  const inside =
    document.language === 'yaml'
      ? configMap.marker.test(document.text)
      : document.language === 'shell' && hereDocumentsOf(document.text).some(({ language }) => language === 'python');
  return inside ? ['python'] : [];
}

/** What one document says. The grammars of what it holds must be loaded.
 * @param marked what the text has markers of, where that is known already
 * @errors never throws: a recogniser that fails is a problem of the file, and the others' findings stay */
export function recognise(document: Document, grammars: Grammars, tree?: SyntaxTree, marked: Marked = markedBy(document)): Sighting {
  const found = workloadsIn(document, grammars, tree, marked);
  const { uri } = document;
  const text = document.shell ?? document.text;
  return found.workloads.length > 0 || found.settings || isManifest(uri) ? { ...found, ...versionsIn(uri, text, marked.mentions.of(text)) } : found;
}
function workloadsIn(document: Document, grammars: Grammars, tree: SyntaxTree | undefined, marked: Marked): Sighting {
  const { uri, language, text } = document;
  const problems: Problem[] = [];
  if (text.length > maxTextLength) {
    problems.push({ severity: 'information', code: 'too-large', message: `larger than ${maxTextLength / 1e6} MB: not read`, uri });
    return { uri, workloads: [], problems };
  }
  const wanted = marked.recognisers;
  const grammar = grammarOf(document);
  const parser = grammar && grammars.parser(grammar);
  const own = parser && !tree ? new SyntaxTree(parser, text) : undefined;
  const syntax = tree ?? own;
  try {
    if (language === 'python' && syntax) {
      const program = new PythonProgram(syntax);
      const evaluate = new Evaluator(program, uri);
      const workloads = collect<Extract<Recogniser, { language: 'python' }>>(
        wanted,
        'python',
        (one) => one.recognise({ document, program, evaluate }),
        uri,
        problems,
      );
      const commands =
        document.shell === undefined ? [] : shellWorkloads(marked.ofShell, document, document.shell, problems, (script) => interpolated(script, evaluate));
      const found = joinWritten(writtenByCells(document), inOrder([...workloads, ...commands]));
      const handsOnTo = found.length === 0 ? handedOnTo(program) : undefined;
      return { uri, workloads: found, problems, exported: exportedFrom(document, grammars), ...(handsOnTo === undefined ? {} : { handsOnTo }) };
    }
    if (language === 'typescript' && syntax && (grammar === 'typescript' || grammar === 'tsx')) {
      const program = new TypescriptProgram(syntax);
      const evaluate = new TypescriptEvaluator(program, uri);
      const run = (one: TypescriptRecogniser): readonly SeenWorkload[] => one.recognise({ document, program, evaluate });
      const workloads = collect<TypescriptRecogniser>(wanted, 'typescript', run, uri, problems);
      return { uri, workloads, problems, exported: exportedFromTypescript(document, grammar, grammars) };
    }
    if (language === 'shell') {
      const own = shellWorkloads(wanted, document, text, problems);
      const workloads = withHereDocuments(document, own, grammars);
      return { uri, workloads, problems, ...(/\bsbatch\b/.test(text) ? { submits: submissionsOf(uri, readShell(text)) } : {}) };
    }
    if (language === 'makefile') {
      const made = readCommands(uri, text);
      const workloads = shellWorkloads(marked.ofShell, document, made.text, problems, (script) => placedScript(script, made.place));
      return { uri, workloads, problems };
    }
    if (language === 'hcl') {
      const body = readHcl(text);
      const workloads = collect<Extract<Recogniser, { language: 'hcl' }>>(wanted, 'hcl', (one) => one.recognise({ document, body }), uri, problems);
      const scope = new Scope(body, text, isValuesFile(uri));
      return { uri, workloads: inOrder(workloads), problems, exported: (path) => scope.exported(uri, path) };
    }
    if (language === 'pbtxt' && wanted.length > 0) {
      const roots = [readPbtxt(text)];
      const workloads = collect<Extract<Recogniser, { language: 'pbtxt' }>>(wanted, 'pbtxt', (one) => one.recognise({ document, roots }), uri, problems);
      return { uri, workloads, problems };
    }
    if (language === 'dockerfile' || language === 'modelfile') {
      const workloads = collect<Extract<Recogniser, { language: 'dockerfile' | 'modelfile' }>>(
        wanted,
        language,
        (one) => one.recognise({ document }),
        uri,
        problems,
      );
      return { uri, workloads, problems, ...settingsOf(document) };
    }
    if (language === 'yaml' || language === 'json' || language === 'toml') {
      if (!isRelevant(marked)) return { uri, workloads: [], problems, ...settingsOf(document) };
      const { roots, problems: syntaxProblems } = readers[language](uri, text);
      // A Helm template is no YAML before it is filled in.
      if (!/\{\{-?\s/.test(text)) problems.push(...syntaxProblems);
      const inner = (text: string): readonly SeenWorkload[] => programInside(uri, text, grammars);
      const workloads = collect<Extract<Recogniser, { language: 'yaml' | 'json' | 'toml' }>>(
        wanted,
        language,
        (one) => one.recognise({ document, roots, program: inner }),
        uri,
        problems,
      );
      const taken = language === 'yaml' ? takesIn(document, roots) : undefined;
      const all = wanted.some(({ id }) => id === 'kustomize') ? recognisers : wanted;
      const joined = (include: Include): readonly SeenWorkload[] | undefined => {
        const roots = taken?.(include);
        return (
          roots && collect<Extract<Recogniser, { language: 'yaml' }>>(all, 'yaml', (one) => one.recognise({ document, roots, program: inner }), uri, problems)
        );
      };
      const modelShape = marked.modelConfig ? modelShapeOf(uri, roots[0]) : undefined;
      return { uri, workloads, problems, ...(modelShape && { modelShape }), ...(taken && { joined }), ...settingsOf(document) };
    }
  } catch (error) {
    problems.push(failure(uri, 'reading', error));
  } finally {
    own?.dispose();
  }
  return { uri, workloads: [], problems, ...settingsOf(document) };
}

const readers = { yaml: readYaml, json: readJson, toml: readToml };

/** What a Python program says that stands inside a file of another language; nothing while the grammar is not loaded. */
function programInside(uri: string, text: string, grammars: Grammars): readonly SeenWorkload[] {
  const parser = grammars.parser('python');
  const document = createDocument(uri, text, 'python');
  if (!parser) return [];
  const tree = new SyntaxTree(parser, text);
  try {
    const program = new PythonProgram(tree);
    const evaluate = new Evaluator(program, uri);
    const wanted = markedBy(document).recognisers;
    return collect<Extract<Recogniser, { language: 'python' }>>(wanted, 'python', (one) => one.recognise({ document, program, evaluate }), uri, []);
  } finally {
    tree.dispose();
  }
}

/** A script's commands with the programs and settings that it writes, runs or applies itself. */
function withHereDocuments(document: Document, own: readonly SeenWorkload[], grammars: Grammars): readonly SeenWorkload[] {
  const { uri, text } = document;
  const documents = hereDocumentsOf(text);
  if (documents.length === 0) return own;
  const read = (here: HereDocument): readonly SeenWorkload[] => {
    const inner = text.slice(here.start, here.end);
    if (here.language === 'python') return programInside(uri, inner, grammars);
    const file = createDocument(`${uri.slice(0, uri.lastIndexOf('/') + 1)}${here.name ?? 'applied.yaml'}`, inner, here.language);
    return workloadsIn(file, grammars, undefined, markedBy(file)).workloads;
  };
  const inside = documents.flatMap((here) => placedInScript(uri, here, read(here)));
  const written = documents.flatMap(({ name, start, end }) => (name === undefined ? [] : [{ name, start, end }]));
  // Settings that a command of the script takes are a part of it.
  const isSettings = ({ span }: SeenWorkload): boolean =>
    documents.some((here) => here.language !== 'python' && span.start >= here.start && span.start < here.end);
  return joinWritten(written, inOrder([...own, ...inside])).filter((one) => !(one.fragment && isSettings(one)));
}

function shellWorkloads(
  wanted: readonly Recogniser[],
  document: Document,
  text: string,
  problems: Problem[],
  fill = (script: ShellScript): ShellScript => script,
): SeenWorkload[] {
  if (wanted.length === 0) return [];
  const script = fill(readShell(text));
  return collect<Extract<Recogniser, { language: 'shell' }>>(wanted, 'shell', (one) => one.recognise({ document, script }), document.uri, problems);
}

function collect<R extends Recogniser>(
  all: readonly Recogniser[],
  language: R['language'],
  run: (one: R) => readonly SeenWorkload[],
  uri: string,
  problems: Problem[],
): SeenWorkload[] {
  const seen = (one: Recogniser): readonly SeenWorkload[] => {
    if (one.language !== language) return [];
    try {
      return run(one as R);
    } catch (error) {
      problems.push(failure(uri, one.id, error));
      return [];
    }
  };
  const found = all.filter((one) => !one.last).flatMap(seen);
  return inOrder(found.length > 0 ? found : all.filter((one) => one.last).flatMap(seen));
}
const inOrder = (found: SeenWorkload[]): SeenWorkload[] => found.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
const failure = (uri: string, step: string, error: unknown): Problem => ({
  severity: 'warning',
  code: 'internal',
  message: `${step} failed: ${error instanceof Error ? error.message : String(error)}`,
  uri,
});
