// The only door of the core: adapters import from here.
export { advise, comparable } from './advise/advise.js';
export { applied, type TextEdit } from './advise/edit/edits.js';
export { askPython } from './advise/edit/python.js';
export { type Texts, writeChanges } from './advise/edit/write.js';
export { autoscaling, type Generated } from './advise/generate/autoscaling.js';
export { batchScript } from './advise/generate/batch-script.js';
export { benchmarkOf } from './advise/generate/benchmark.js';
export { librariesIn, type MeteringLibrary, meteringEdits } from './advise/generate/metering.js';
export { taskBudget } from './advise/generate/task-budget.js';
export { Rulings } from './advise/legality.js';
export { type Objective, objectiveOf } from './advise/objective.js';
export { type Front, paretoFront } from './advise/pareto.js';
export { type PassCost, passCost, passCosts, passesPerMonth } from './advise/passes.js';
export type { QualityTable } from './advise/quality.js';
export type { Advice, AdviceBook, FactChange } from './advise/types.js';
export { type ServeWays, serveWays, type WaysOrLack } from './advise/ways.js';
export { type Catalog, createCatalog, type OwnPrices } from './catalog/catalog.js';
export { readCsv } from './catalog/csv.js';
export { isMarketplace, listProviders } from './catalog/price-book.js';
export { shortAccelerator } from './catalog/short-name.js';
export { siblingsOf } from './catalog/siblings.js';
export { type Tables, unpackTables } from './catalog/tables.js';
export type { Accelerator, HostedPrice, Market, Offer } from './catalog/types.js';
export { costOf, type FactLine, factLines, type LineEffect, lineEffect } from './diff/blame.js';
export { type Cause, causesOf, type FactDelta, factDeltas } from './diff/causes.js';
export { deltaOf, isSpeed, type QuantityDelta, type State, type WorkloadDelta } from './diff/delta.js';
export { type Figure, followed, type Moment, type PastWorkload, pastWorkload, traced } from './diff/history.js';
export { matchWorkloads, type Pair } from './diff/match.js';
export type { ChangeNoise } from './diff/noise.js';
export { type OnAccelerator, onLikelyAccelerators, specOn } from './estimate/alternatives.js';
export type { Coefficients } from './estimate/coefficients.js';
export { type BreakEven, commitmentsFor } from './estimate/commitments.js';
export { type CompareOptions, type CompareRow, compare } from './estimate/compare.js';
export type { Correction } from './estimate/correction.js';
export { estimate } from './estimate/estimate.js';
export { type Fits, fitsOf } from './estimate/fits.js';
export { mainCost } from './estimate/main-cost.js';
export type { EstimateContext, Spec } from './estimate/spec.js';
export { explainMemory, type Forensics, observedRun } from './forensics/explain.js';
export type { AssumedFact, Estimate, Estimation, Interval, MissingFact, Term, Unit } from './model/estimate.js';
export type { Fact, FactValue, Origin, UnknownFact } from './model/fact.js';
export { type FactName, factLabel, factNames } from './model/fact-names.js';
export type { Problem, Severity } from './model/problem.js';
export type { MeasuredRun } from './model/run.js';
export { readChange, type Scenario, type ScenarioWord, type Supposed, scenarioWords } from './model/scenario.js';
export type { Span } from './model/span.js';
export type { Workload, WorkloadKind } from './model/workload.js';
export { isBeside } from './model-file/beside.js';
export { type ByteSource, fromBytes, ModelFileError } from './model-file/bytes.js';
export type { StatedShapes } from './model-file/onnx/bind.js';
export { fedInputsOf } from './model-file/onnx/choices.js';
export type { InputRow } from './model-file/onnx/io.js';
export { quantizeOnnx } from './model-file/onnx/quantize.js';
export type { QuantizeOptions } from './model-file/onnx/quantize-plan.js';
export { outsideFiles, readOnnx } from './model-file/onnx/read.js';
export type { OnnxSummary } from './model-file/onnx/summary.js';
export { isOnnxSummary, type ModelFileSummary, type SizeBeside, summariseModelFile } from './model-file/open.js';
export { type Admission, admissionConditions, admissionOf, admissionVariables } from './policy/admission.js';
export { checkPolicy, surroundingsOf } from './policy/check.js';
export type { Finding, Kept, Policy, PolicyResult, Subject, Surroundings } from './policy/types.js';
export { isDataFile, readDataSet } from './recognise/data-set.js';
export { isRelevant, type Marked, markedBy, maxFileLength, maxTextLength } from './recognise/marked.js';
export { type NamedFile, namedModelFiles } from './recognise/model-file-names.js';
export { isManifest, readManifest } from './recognise/pins.js';
export { grammarOf, grammarsFor, recognise } from './recognise/recognise.js';
export type { Sighting } from './recognise/types.js';
export { type AdviceText, adviceOf } from './render/advice.js';
export { type BlameText, blameText } from './render/blame.js';
export { spentDetail, spentText, takesText } from './render/budget.js';
export { cheaperDetail, cheaperLens, percentText } from './render/cheaper.js';
export { frontText, waysText } from './render/choices.js';
export { bestOffers, type CommitmentText, commitmentCells, commitmentHeader, commitmentText, compareText, offerKey } from './render/compare.js';
export { changeText, deltaText, signed } from './render/delta.js';
export { explainMarkdown } from './render/explain.js';
export { forensicsMarkdown, forensicsText } from './render/forensics.js';
export {
  becauseText,
  comparableFigures,
  figureText,
  type HistoryAnswer,
  type HistoryAnswerStep,
  type HistoryPoint,
  type HistoryRun,
  type HistoryStep,
  sparkline,
  stepText,
  type WorkloadHistory,
} from './render/history.js';
export { type HoverInput, hoverCommands, hoverMarkdown, type LinkPlace } from './render/hover.js';
export { countedText, hardware, type LensText, lensText, type View } from './render/lens.js';
export { code, commandLink, escapeMarkdown, table } from './render/markdown.js';
export { bytesText, dimsText, macsText, modelFileHeadline, numberText } from './render/model-file.js';
export { ends, type NumberStyle, plain as plainStyle, withUnit } from './render/number.js';
export { quantityLabel } from './render/quantities.js';
export { type RunRow, runCells, runHeader, runRows, runsMarkdown } from './render/run-rows.js';
export { correctionText, measuredText } from './render/runs.js';
export { budgetText, lineEndText, treeText } from './render/short.js';
export { type PanelExtras, spendView } from './render/spend-panel.js';
export { type SpendPart, type SpendUpdate, spendUpdate } from './render/spend-parts.js';
export { type KnownNames, namedPlaces, workPlaces } from './render/spend-places.js';
export { importedSources, pulledSources, readSources } from './render/spend-sources.js';
export { chargesText, differenceText, heldText } from './render/spend-variance.js';
export type * from './render/spend-view.js';
export { type Totals, totalsOf, totalText } from './render/totals.js';
export {
  barLimit,
  barText,
  type FigureText,
  type OutcomeText,
  outcomeText,
  type RowText,
  type SensitivityText,
  sensitivityText,
  wordLabel,
  workspaceRows,
} from './render/what-if.js';
export { showValue, subject } from './render/words.js';
export { resolve } from './resolve/resolve.js';
export type { Assumption, KnownFiles, ResolveInput } from './resolve/types.js';
export { collectRuns } from './runs/collect.js';
export { isBinaryRun, isRunFile, isRunRecord, type RunFile, runLimits, sharedRunsFile } from './runs/files.js';
export { factsFromRuns, learnFrom, type TeamRuns } from './runs/learn.js';
export { sharedRow } from './runs/share.js';
export { completeSettings, explainSetting, type Suggestion } from './settings/assist.js';
export { editSettings, type SettingEdit } from './settings/edit.js';
export { type MlcostSettings, noSettings, ownPrices, readMlcostFile, settingsFileName } from './settings/mlcost-file.js';
export { messageFor } from './spend/alert-messages.js';
export { type Alert, type AlertMemory, type AlertTarget, afterSnooze, afterTelling, alertsOf, dueAlerts, isFor, readMemory } from './spend/alerts.js';
export { type Anomaly, anomalies } from './spend/anomaly.js';
export { type AuditRecord, auditAfter, auditFile, readAuditLine, verifyAudit } from './spend/audit.js';
export { type Budget, type BudgetState, budgetStateSteps, budgetStates, budgetsFor, exhaustionAfter, hasMoneyLeft, lastDay } from './spend/budget.js';
export { type CodeState, type CodeWorkload, claimSteps, comparedWith, runOf } from './spend/claims.js';
export { bothViews, otherView } from './spend/cost-view.js';
export type { Decimal } from './spend/decimal.js';
export * as exact from './spend/decimal.js';
export { Dictionary } from './spend/dictionary.js';
export { type DimensionName, dimensionAt, ownerKey } from './spend/dimensions.js';
export { EntryView, shardCount, shardName } from './spend/entries.js';
export { exportsOf } from './spend/files.js';
export { grouped } from './spend/grouped.js';
export { billedOf, columnsNeeded, Importer, type ImportTotals, type Rejected, UnknownExport } from './spend/importer.js';
export { type ExportFile, joined, ledgerInMemory, type ReadExport } from './spend/in-memory.js';
export { type Kpi, kpis } from './spend/kpi.js';
export {
  filesOf,
  type ImportedFile,
  type ImportRecord,
  ledgerFolder,
  type Manifest,
  type MonthFiles,
  manifestName,
  manifestText,
  nextGeneration,
  readLedgerManifest,
  UnreadableLedger,
} from './spend/manifest.js';
export { merge, without } from './spend/merge.js';
export { isVisible, Meter, type Metered, nvidiaQuery, readNvidia, readRocm, withoutSecrets } from './spend/metering.js';
export { firstQuery, type PanelQuery, panelSteps, spendPanel } from './spend/panel.js';
export { dayIn, dayOfSeconds, daysIn, isDay, plusDays, type Span as DaySpan, spanOf } from './spend/period.js';
export { CsvReader, type CsvRow, csvLine } from './spend/read/csv.js';
export {
  isSpendKey,
  isTime,
  type LedgerMonth,
  monthsIn,
  type SpendKey,
  type SpendQuery,
  type SpendReport,
  spendKeys,
  spendReport,
  UnknownRate,
} from './spend/report.js';
export { MonthSums, readRollUp, rollUpLine } from './spend/roll-up.js';
export { perOwner, readUsage, type ShareRule, type Statement, type StatementQuery, statement } from './spend/shares.js';
export { chargeCells, chargeColumns } from './spend/sources/charges.js';
export { healthFile, healthLine, readHealth, type SourceHealth, type SourceStatus, statusOf } from './spend/sources/health.js';
export { exactJson } from './spend/sources/json.js';
export {
  isNewer,
  type KeptSource,
  type KeptSources,
  keptAfter,
  keptMonths,
  keptText,
  readKept,
  usageWithKept,
  withKept,
} from './spend/sources/kept.js';
export { type SourceState, spansToRead } from './spend/sources/plan.js';
export { kindOf as sourceKindOf, secretHost } from './spend/sources/registry.js';
export { type CommonSettings as SourceSettings, isLoopback, secretVariable } from './spend/sources/settings.js';
export { type HttpRequest, type SourceAnswer, SourceError, type SourceKind, type SourcePort, type SqlAnswer } from './spend/sources/source.js';
export { changeOf, fingerprintOf, type SourceChange, type Told } from './spend/sources/told.js';
export {
  isUsageMetric,
  readUsageRows,
  recordsOf,
  type UsageKey,
  type UsageMetric,
  type UsageQuery,
  type UsageRow,
  type UsageSum,
  usageMetrics,
  usageReport,
  usageText,
} from './spend/sources/usage.js';
export type { Steps } from './spend/steps.js';
export { type UnitCost, unitCosts } from './spend/units.js';
export { readUsageRecords, type UsageRecord } from './spend/usage.js';
export { type BudgetVariance, budgetVariances, type ChargesOfWork, type EstimateVariance } from './spend/variance.js';
export { wasteLedger } from './spend/waste/ledger.js';
export type { WastedRun } from './spend/waste/runs.js';
export type { WasteKind, WasteLedger, WasteLine, WasteMoney } from './spend/waste/types.js';
export { Grammars, type ReadAsset } from './syntax/grammars.js';
export { difference, SyntaxTree } from './syntax/tree.js';
export {
  type Change,
  cellAt,
  createDocument,
  createNotebookDocument,
  type Document,
  editedDocument,
  type Place,
  placeOf,
  storedEdits,
} from './text/document.js';
export { fnv1a } from './text/fnv.js';
export { type Language, languageOfName } from './text/language.js';
export { baseName, folderOf, joinUri, matchesGlob, relativeTo } from './text/uri.js';
export { utf8, utf8Bytes } from './text/utf8.js';
export { wordsOf } from './whatif/apply.js';
export { mainRow, type NamedSet, type Now, type Outcome, outcomeOf, type Side } from './whatif/outcome.js';
export { type Sensitivity, sensitivityOf, valueNow } from './whatif/sensitivity.js';
export { type WorkspaceSide, workspaceSides } from './whatif/workspace.js';
