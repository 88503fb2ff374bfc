/** Commands that a hover may run: those that the server's hovers link to, each of which checks its argument again. */
export const hoverCommands = [
  'mlCostLens.explain',
  'mlCostLens.compare',
  'mlCostLens.whatIf',
  'mlCostLens.history',
  'mlCostLens.answer',
  'mlCostLens.setAssumption',
  'mlCostLens.silence',
  'mlCostLens.reveal',
] as const;
