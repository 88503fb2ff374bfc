import { toJSONSchema } from 'zod';
import { schemas } from './schema.js';

/** The JSON Schema of `.mlcost.yaml`, as it is published. */
export function jsonSchema(): Record<string, unknown> {
  const schema = toJSONSchema(schemas().file, { target: 'draft-7' }) as Record<string, unknown>;
  return { ...schema, $id: 'mlcost.schema.json', title: '.mlcost.yaml' };
}
