import type { Workload } from '../../model/workload.js';
import type { Vocabulary } from './vocabulary.js';
import { servingVocabularies } from './words/serving.js';
import { trainingVocabularies } from './words/training.js';

/** The words of a workload's framework, where they are known. */
export const vocabularyOf = ({ framework }: Workload): Vocabulary | undefined => servingVocabularies[framework] ?? trainingVocabularies[framework];
