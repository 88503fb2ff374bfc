import type { PythonInput } from '../../types.js';

const names = 'TorchTrainer|LightningTrainer|TransformersTrainer|HuggingFaceTrainer|TensorflowTrainer|AccelerateTrainer|JaxTrainer|HorovodTrainer';
/** Ray's distributed trainers, by the name that is called. */
export const rayTrainers = new RegExp(`^(?:${names})$`);
const called = new RegExp(`\\b(${names})\\s*\\(`);

/** True where Ray runs the training function: what is inside is then one of Ray's workers, no training of its own. */
export const isRayDriven = ({ program }: PythonInput): boolean => program.mentions(/\bray\.train\b|\bfrom ray\b/) && program.mentions(called);
