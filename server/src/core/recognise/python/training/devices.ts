import type { PythonInput } from '../../types.js';
import type { FactSet } from './fact-set.js';

/** Adds the number of devices that the program makes visible to itself: `os.environ["CUDA_VISIBLE_DEVICES"] = "0,1"`. */
export function visibleDevices({ program, evaluate }: PythonInput, facts: FactSet): void {
  const set = program.keyed('os.environ', 'CUDA_VISIBLE_DEVICES');
  const value = set && evaluate.value(set);
  if (value?.known && typeof value.value === 'string' && /^\s*\d+(\s*,\s*\d+)*\s*$/.test(value.value))
    facts.put('gpu_count', value, (one) => String(one).split(',').length);
}
