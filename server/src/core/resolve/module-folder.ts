import type { Fact } from '../model/fact.js';
import { machineOfName } from '../recognise/shared/machine-types.js';
import type { SeenWorkload, Sighting } from '../recognise/types.js';
import { baseName } from '../text/uri.js';
import type { Files } from './files.js';

// The files of a folder are one module: a name that one of them uses is said by another, and a values file beside them wins over defaults.
// @source developer.hashicorp.com/terraform/language/values/variables, order of precedence

/** What another file of the folder says about a name: values files first, then defaults and locals. */
export function ofFolder(uri: string, path: readonly string[], files: Files): Fact | undefined {
  const beside = files.beside(uri, moduleFile, conventional);
  return (
    givenBy(beside, path) ??
    first(
      beside.filter((one) => !isValues(one)),
      path,
    )
  );
}
/** What a values file beside a module's file gives for a variable that has a default. */
export function givenInFolder(uri: string, variable: string, files: Files): Fact | undefined {
  return moduleFile.test(uri) ? givenBy(files.beside(uri, moduleFile, conventional), ['var', ...variable.split('.').slice(1)]) : undefined;
}
const moduleFile = /\.(?:tf|tofu|tfvars)$/;
const conventional = ['terraform.tfvars', 'variables.tf', 'locals.tf', 'main.tf'];

const isValues = ({ uri }: Sighting): boolean => /\.tfvars$/.test(uri);
/** Files named `*.auto.tfvars` win over `terraform.tfvars`, the last by name over all; any other is read only when a command names it. */
function givenBy(beside: readonly Sighting[], path: readonly string[]): Fact | undefined {
  const auto = beside.filter(({ uri }) => /\.auto\.tfvars$/.test(uri)).sort((a, b) => (a.uri < b.uri ? 1 : -1));
  return first([...auto, ...beside.filter(({ uri }) => baseName(uri) === 'terraform.tfvars')], path);
}
function first(sightings: readonly Sighting[], path: readonly string[]): Fact | undefined {
  for (const sighting of sightings) {
    const found = sighting.exported?.(path);
    if (found && 'value' in found) return { ...found, origin: 'other-file', note: `${path.join('.')} of ${baseName(sighting.uri)}` };
  }
  return undefined;
}

/** A machine type's name as the fact that it was looked up for, and what else the name tells. */
export function namedFacts(name: string, found: Fact): Fact[] {
  const told = typeof found.value === 'string' ? machineOfName(found.value) : undefined;
  if (name === 'gpu_type' && told) return told.gpuType === undefined ? [] : [{ ...found, name, value: told.gpuType }];
  if (name === 'gpu_count' && told) return told.gpuCount === undefined ? [] : [{ ...found, name, value: told.gpuCount }];
  const more = name === 'instance_type' && told ? told : {};
  return [
    { ...found, name },
    ...(more.gpuType === undefined ? [] : [{ ...found, name: 'gpu_type', value: more.gpuType }]),
    ...(more.gpuCount === undefined ? [] : [{ ...found, name: 'gpu_count', value: more.gpuCount }]),
  ];
}

/** False for a workload whose machines turned out to have no accelerators, or stayed unknown. */
export const holdsAccelerators = (seen: SeenWorkload, facts: readonly Fact[]): boolean =>
  !seen.tentative || facts.some(({ name, value }) => name === 'gpu_type' || (name === 'instance_type' && machineOfName(String(value)) !== undefined));
