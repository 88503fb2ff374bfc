import type { PythonInput } from '../../types.js';

const names = 'TorchTrainer|LightningTrainer|TransformersTrainer|HuggingFaceTrainer|TensorflowTrainer|AccelerateTrainer|JaxTrainer|HorovodTrainer';
/** Ray's distributed trainers, by the name that is called. */
export const rayTrainers = new RegExp(`^(?:${names})$`);
const called = new RegExp(`\\b(${names})\\s*\\(`);

/** True where Ray runs the training function: what is inside is then one of Ray's workers, no training of its own. */
export const isRayDriven = ({ program }: PythonInput): boolean => /\bray\.train\b|\bfrom ray\b/.test(program.text) && called.test(program.text);
