// Import directions of the house (docs/architecture.md). Checked by `npm test`; type-only imports count.
const stages = ['text', 'syntax', 'recognise', 'resolve', 'estimate', 'runs', 'forensics', 'spend', 'advise', 'diff', 'whatif', 'render', 'policy'];
const core = '^server/src/core';
const stageRules = stages.map((stage, at) => ({
  name: `core-${stage}-looks-back-only`,
  comment: 'A stage imports earlier stages, the model and (from resolve on) the catalog; never a later stage.',
  severity: 'error',
  from: { path: `${core}/${stage}/` },
  to: { path: [...stages.slice(at + 1).map((later) => `${core}/${later}/`), ...(at < stages.indexOf('resolve') ? [`${core}/catalog/`] : [])] },
}));

module.exports = {
  forbidden: [
    ...stageRules.filter(({ to }) => to.path.length > 0), // an empty list would match everything
    { name: 'model-is-the-ground', severity: 'error', from: { path: `${core}/(model|catalog)/` }, to: { path: `${core}/(?!model/|catalog/)` } },
    {
      name: 'model-files-are-read-alone',
      comment: 'Readers of model files know texts and the words of the product, no stage; what shows them comes after.',
      severity: 'error',
      from: { path: `${core}/model-file/` },
      to: { path: `${core}/(?!model-file/|model/|text/)` },
    },
    {
      name: 'runtime-stands-alone',
      comment: 'Runs a model with a runtime that is handed in: in Node and in a page alike.',
      severity: 'error',
      from: { path: '^server/src/runtime/' },
      to: { pathNot: '^server/src/runtime/' },
    },
    { name: 'core-is-pure', severity: 'error', from: { path: core }, to: { path: '^(server/src/(?!core/)|client/|webview/)|vscode-|node_modules/vscode' } },
    { name: 'core-no-node', severity: 'error', from: { path: core }, to: { dependencyTypes: ['core'] } },
    {
      name: 'only-syntax-knows-the-parser',
      severity: 'error',
      from: { path: 'server/src', pathNot: `${core}/syntax/` },
      to: { path: 'node_modules/web-tree-sitter' },
    },
    {
      name: 'one-door',
      comment: 'Adapters import the core through its index.',
      severity: 'error',
      from: { path: '^server/src/(?!core/)' },
      to: { path: `${core}/(?!index\\.ts$)` },
    },
    {
      name: 'recognisers-apart',
      severity: 'error',
      from: { path: `${core}/recognise/(python|yaml|json|shell)/`, pathNot: 'evaluate|evaluated|options|exported' },
      to: { path: `${core}/recognise/(registry|recognise)\\.ts` },
    },
    {
      name: 'adapters-apart',
      severity: 'error',
      from: { path: '^server/src/(lsp|cli)/' },
      to: { path: '^server/src/(lsp|cli|node|browser)/', pathNot: ['^server/src/$1/'] },
    },
    { name: 'protocol-is-types', severity: 'error', from: { path: '^server/src/protocol/' }, to: { path: '^server/src/(?!protocol/|runtime/|core/index)' } },
    {
      name: 'client-knows-the-protocol-only',
      severity: 'error',
      from: { path: '^(client|webview)/' },
      to: { path: '^server/', pathNot: '^server/src/(protocol|runtime)/' },
    },
    {
      name: 'shared-code-knows-no-host',
      severity: 'error',
      from: { path: '^(client/src/common|server/src/(host|lsp|cli|protocol))/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-imports-entries',
      severity: 'error',
      from: { path: '^(client|server|webview)/', pathNot: '^(client|server)/src/(node|browser)/' },
      to: { path: '^(client|server)/src/(node|browser)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'server/tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'browser', 'node', 'default', 'types'] },
    exclude: { path: '(^|/)(dist|\\.cache|test-output)/' },
  },
};
