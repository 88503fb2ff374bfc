// Messages besides LSP. Types and names only: client, webview and server import this.

/** Server → client: bytes of a file shipped with the extension; a worker cannot read them itself. */
export const assetRequest = 'mlcost/asset';
/** Server → client: text of a workspace file, whatever its scheme; null if there is none or it is no text. */
export const readFileRequest = 'mlcost/readFile';
/** Server → client: URIs of files below a folder that may be read (on the web, and for schemes that the server cannot reach). */
export const findFilesRequest = 'mlcost/findFiles';
/** Server → client: URIs of files below a folder that may tell of measured runs. */
export const findRunsRequest = 'mlcost/findRuns';
/** Server → client: bytes of a workspace file; null if there is none or it is too large. */
export const readBytesRequest = 'mlcost/readBytes';
/** Server → client: a model file, where only the client reaches it; null if there is none. */
export const readWholeRequest = 'mlcost/readWhole';
/** Server → client: how far a scan has come. */
export const progressNotification = 'mlcost/progress';
/** Server → client: what the status bar shows for a document. */
export const statusNotification = 'mlcost/status';

/** Client → server: the report of one document as Markdown. */
export const estimateDocumentRequest = 'mlcost/estimateDocument';
/** Client → server: reads the workspace; cancellable; progress by notification. */
export const scanRequest = 'mlcost/scan';
/** Client → server: workloads found so far, for the tree. */
export const workloadsRequest = 'mlcost/workloads';
/** Client → server: the term tree of one estimate as Markdown. */
export const explainRequest = 'mlcost/explain';
/** Client → server: one workload over the offers that can run it. */
export const compareRequest = 'mlcost/compare';
/** Client → server: what makes a workload cheaper, with the edits that do it. */
export const adviceRequest = 'mlcost/advice';
/** Client → server: advice was taken, which the audit log of the workspace is to know. */
export const adviceTakenNotification = 'mlcost/adviceTaken';
/** Client → server: what can be answered for a fact, with what each would cost. */
export const choicesRequest = 'mlcost/choices';
/** Client → server: the edit of `.mlcost.yaml` that keeps an answer. */
export const settingEditRequest = 'mlcost/settingEdit';
/** Client → server: the measured runs of the workspace as Markdown; of one workload, with a ref. */
export const runsRequest = 'mlcost/runs';
/** Client → server: what the text of an out-of-memory error or of a server's start says. */
export const outOfMemoryRequest = 'mlcost/outOfMemory';
/** Client → server: what each line of a document does to the cost, and which commit it comes from. */
export const blameRequest = 'mlcost/blame';
/** Client → server: a tool's answer for an agent, as text. */
export const toolRequest = 'mlcost/tool';
/** Client → server: the answer to a person's question, as Markdown. */
export const answerRequest = 'mlcost/answer';
/** Client → server: what the shared file of measured runs is to hold. */
export const shareRunsRequest = 'mlcost/shareRuns';
/** Client → server: which document the person looks at; null for none of ours. */
export const activeNotification = 'mlcost/active';
/** Client → server: all settings, after one changed. */
export const settingsNotification = 'mlcost/settings';
/** Server → client: the tree is out of date. */
export const workloadsChangedNotification = 'mlcost/workloadsChanged';

export interface ReadWholeParams {
  readonly uri: string;
  /** Largest file that is loaded, where it is less than what can be. @unit B */
  readonly upTo?: number;
}
export interface WholeFile {
  /** @unit B */
  readonly size: number;
  /** As this transport carries bytes; absent: too large to be loaded. */
  readonly bytes?: unknown;
}
export interface InitOptions {
  readonly locale: string;
  readonly settings: Settings;
  /** The client can read sources of spend. */
  readonly readsSources?: boolean;
}

/** Client → server: the sources of spend of all folders, and how they are. */
export const spendSourcesRequest = 'mlcost/spendSources';
/** Client → server: sources were read; what rests on the ledger is drawn again. */
export const sourcesReadNotification = 'mlcost/sourcesRead';
/** A source of spend by its name. */
export interface SpendSourceRef {
  readonly root: string;
  readonly name: string;
}
export interface SpendSourceInfo extends SpendSourceRef {
  /** How it is, in a line. */
  readonly health: string;
  readonly isFailed: boolean;
  /** When it is to be read; null: only when a person asks. @unit ms */
  readonly dueIn: number | null;
  readonly secret?: {
    /** Environment variable that the settings name. */
    readonly variable: string;
    /** The only host that it may go to. */
    readonly host: string;
    /** What it has to be. */
    readonly needs: string;
  };
}

/** Settings that the server needs; the same names as in the manifest, without the prefix. */
export interface Settings {
  readonly display: 'lens' | 'lineEnd' | 'off';
  readonly showIntervals: boolean;
  readonly inlayHintsForDefaults: boolean;
  readonly diagnostics: boolean;
  readonly provider: string;
  readonly region: string;
  readonly market: '' | 'on-demand' | 'spot' | 'reserved-1y' | 'reserved-3y';
  readonly indexMaxFiles: number;
  readonly scanMaxFiles: number;
  readonly scanExclude: readonly string[];
}
export const defaultSettings: Settings = {
  display: 'lens',
  showIntervals: true,
  inlayHintsForDefaults: false,
  diagnostics: true,
  provider: '',
  region: '',
  market: '',
  indexMaxFiles: 400,
  scanMaxFiles: 20_000,
  scanExclude: [],
};

/** Names one workload: arguments of our commands, validated again on arrival. */
export interface WorkloadRef {
  readonly uri: string;
  readonly id: string;
}
export interface Place {
  readonly uri: string;
  /** Zero-based, in the document of `uri` (a cell's own, for a notebook's cell). */
  readonly line: number;
  readonly character: number;
}
export interface ProgressParams {
  readonly token: string;
  readonly done: number;
  readonly total: number;
}
export interface ScanParams {
  readonly token: string;
}
export interface ScanResult {
  readonly cancelled: boolean;
  readonly files: number;
  readonly summary: string;
  readonly markdown: string;
}
export interface StatusParams {
  readonly uri: string;
  readonly text: string;
  readonly tooltip: string;
  readonly state: 'ok' | 'warn' | 'unknown' | 'none';
  /** The budget that it tells of: the panel of spend opens at it. */
  readonly budget?: string;
}
export interface WorkloadNode {
  readonly ref: WorkloadRef;
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly place: Place;
  readonly state: 'ok' | 'warn' | 'unknown';
}
export interface FileNode {
  readonly uri: string;
  readonly total: string;
  readonly workloads: readonly WorkloadNode[];
}
export interface WorkloadsResult {
  readonly files: readonly FileNode[];
  readonly total: string;
  readonly budgets: readonly { readonly label: string; readonly description: string }[];
}
/** Advice that was taken, as the server told it. */
export interface AdviceTaken {
  readonly uri: string;
  readonly id: string;
  readonly workload: string;
  readonly title: string;
  readonly changes: readonly { readonly fact: string }[];
}
export interface AdviceResult {
  readonly title: string;
  readonly advice: readonly {
    readonly id: string;
    readonly label: string;
    readonly description: string;
    readonly detail: string;
    /** What is told once its edit was made. */
    readonly taken: AdviceTaken;
    /** Empty: nothing here can be edited so that it holds. */
    readonly changes: readonly AdvisedChange[];
  }[];
  /** Choices that are compared rather than made: the front of cost, quality and waiting, and the ways to serve the stated traffic; a heading first. */
  readonly compared: readonly (readonly string[])[];
}
export interface AdvisedChange {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
  readonly text: string;
  /** The whole lines that it touches, as they were when it was found: elsewhere it does not belong. */
  readonly lines: readonly string[];
}
export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface ChoicesParams {
  /** Absent: for the workspace as a whole. */
  readonly ref?: WorkloadRef;
  /** `provider`, `region`, `gpu_type`, `assumption` (which facts can be set), `pin` (`fact=value` of what nobody wrote), or a fact's name. */
  readonly what: string;
}
export interface Choice {
  readonly value: string | number | boolean;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
}
export interface ChoicesResult {
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  /** True if another value may be typed. */
  readonly open: boolean;
  /** True where the code or the workspace has said it already. */
  readonly answered?: boolean;
}
export type SettingChange =
  | { readonly kind: 'set'; readonly key: 'accelerator' | 'provider' | 'region' | 'market'; readonly value: string }
  | { readonly kind: 'assume'; readonly fact: string; readonly value: string | number | boolean; readonly files?: string }
  | { readonly kind: 'scenario'; readonly name: string; readonly set: Readonly<Record<string, string | number | boolean>> }
  | { readonly kind: 'reset-runs'; readonly since: string }
  | { readonly kind: 'silence'; readonly what: { readonly workload?: string; readonly code?: string; readonly files?: string } };
export interface SettingEditParams {
  /** Some document of the workspace folder whose file is edited; absent: the first folder. */
  readonly uri?: string;
  readonly change: SettingChange;
}
export interface SettingEditResult {
  readonly uri: string;
  readonly exists: boolean;
  readonly edits: readonly {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
    readonly text: string;
  }[];
}
export interface RunsParams {
  readonly ref?: WorkloadRef;
}
export interface OutOfMemoryParams {
  readonly text: string;
}
export interface OutOfMemoryResult {
  readonly markdown: string;
  /** A row for the shared file of measured runs, where the log says something for one workload. */
  readonly keep?: { readonly uri: string; readonly row: string };
}
export interface ShareRunsResult {
  readonly uri: string;
  readonly text: string;
  readonly rows: number;
}
export interface BlameResult {
  readonly lines: readonly {
    /** Zero-based, of the file as stored. */
    readonly line: number;
    readonly text: string;
    /** Markdown. */
    readonly hover: string;
    readonly effect: 'costs' | 'saves' | 'decides' | 'none';
  }[];
  /** The same as a document, for what has no lines of its own in the editor. */
  readonly markdown: string;
  /** Why no commits are known. */
  readonly note?: string;
}
export interface ToolParams {
  readonly name: string;
  /** As the agent wrote it: checked on arrival. */
  readonly input: unknown;
  /** URI of the workspace folder that it is about. */
  readonly folder: string;
}
export interface ToolResult {
  readonly text: string;
  /** True where the text says why there is no answer. */
  readonly failed?: boolean;
}
/** What can be asked: the dearest workloads, why costs changed, what makes something cheaper, what is left of the budgets. */
export type Question = 'top' | 'why' | 'cheaper' | 'budget';
export interface AnswerParams {
  readonly question: Question;
  readonly folder: string;
  /** The document in front. */
  readonly uri?: string;
  /** A commit to compare with. */
  readonly base?: string;
}
export interface MarkdownResult {
  readonly title: string;
  readonly markdown: string;
}

/** The client asks what somebody has to hear of; it keeps what was told, as the server gives it. */
export const alertsRequest = 'mlcost/alerts';
export interface AlertsParams {
  /** As the last answer gave it; empty at first. */
  readonly memory: string;
  /** What somebody has put off, before what is due is looked for. */
  readonly snooze?: {
    readonly about: string;
    readonly hours: number;
    /** True: it is told again then. */
    readonly again: boolean;
  };
}
export interface SpendAlert {
  readonly about: string;
  readonly severity: 'warn' | 'over';
  readonly title: string;
  readonly text: string;
  readonly budget: string;
}
export interface AlertsResult {
  readonly alerts: readonly SpendAlert[];
  readonly memory: string;
}
