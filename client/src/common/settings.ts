import * as vscode from 'vscode';
import { defaultSettings, type Settings } from '../../../server/src/protocol/protocol.js';

export const section = 'mlCostLens';
/** Key of each setting in the manifest. */
export const settingKeys: Readonly<Record<keyof Settings, string>> = {
  display: 'display',
  showIntervals: 'lens.intervals',
  inlayHintsForDefaults: 'inlayHints.defaults',
  diagnostics: 'diagnostics.enabled',
  provider: 'default.provider',
  region: 'default.region',
  market: 'default.market',
  indexMaxFiles: 'index.maxFiles',
  scanMaxFiles: 'scan.maxFiles',
  scanExclude: 'scan.exclude',
};

export function readSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration(section);
  const read = Object.entries(settingKeys).map(([name, key]) => [name, configuration.get(key) ?? defaultSettings[name as keyof Settings]]);
  return Object.fromEntries(read) as Settings;
}
