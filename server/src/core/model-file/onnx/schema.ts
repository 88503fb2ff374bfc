// Messages of onnx.proto: the fields that we read, by number.
// Source: github.com/onnx/onnx, onnx/onnx.proto (IR version 13); weights are placed, not read.
import type { Schema } from '../protobuf.js';

const entry: Schema = { name: 'StringStringEntryProto', fields: () => entryFields };
const entryFields = { 1: ['key', 'text'], 2: ['value', 'text'] } as const;

const segment: Schema = { name: 'Segment', fields: () => segmentFields };
const segmentFields = { 1: ['begin', 'int'], 2: ['end', 'int'] } as const;

export const tensorSchema: Schema = { name: 'TensorProto', fields: () => tensorFields };
const tensorFields = {
  1: ['dims', 'ints'],
  2: ['dataType', 'int'],
  3: ['segment', { message: segment }],
  4: ['floatData', 'slices'],
  5: ['int32Data', 'ints'],
  6: ['stringData', 'slices'],
  7: ['int64Data', 'ints'],
  8: ['name', 'text'],
  9: ['rawData', 'bytes'],
  10: ['doubleData', 'slices'],
  11: ['uint64Data', 'ints'],
  13: ['externalData', { message: entry, many: true }],
  14: ['dataLocation', 'int'],
} as const;

const sparse: Schema = { name: 'SparseTensorProto', fields: () => sparseFields };
const sparseFields = { 1: ['values', { message: tensorSchema }], 2: ['indices', { message: tensorSchema }], 3: ['dims', 'ints'] } as const;

const dimension: Schema = { name: 'Dimension', fields: () => dimensionFields };
const dimensionFields = { 1: ['value', 'int'], 2: ['parameter', 'text'] } as const;
const shape: Schema = { name: 'TensorShapeProto', fields: () => shapeFields };
const shapeFields = { 1: ['dim', { message: dimension, many: true }] } as const;
const tensorType: Schema = { name: 'TypeProto.Tensor', fields: () => tensorTypeFields };
const tensorTypeFields = { 1: ['elementType', 'int'], 2: ['shape', { message: shape }] } as const;
const other: Schema = { name: 'TypeProto', fields: () => ({}) };
const type: Schema = { name: 'TypeProto', fields: () => typeFields };
const typeFields = {
  1: ['tensor', { message: tensorType }],
  4: ['sequence', { message: other }],
  5: ['map', { message: other }],
  8: ['sparse', { message: tensorType }],
  9: ['optional', { message: other }],
} as const;
const valueInfo: Schema = { name: 'ValueInfoProto', fields: () => valueInfoFields };
const valueInfoFields = { 1: ['name', 'text'], 2: ['type', { message: type }] } as const;

const attribute: Schema = { name: 'AttributeProto', fields: () => attributeFields };
const attributeFields = {
  1: ['name', 'text'],
  2: ['float', 'float'],
  3: ['int', 'int'],
  4: ['text', 'text'],
  5: ['tensor', { message: tensorSchema }],
  6: ['graph', { message: { name: 'GraphProto', fields: () => graphFields } }],
  7: ['floats', 'floats'],
  8: ['ints', 'ints'],
  9: ['texts', 'texts'],
  20: ['type', 'int'],
  21: ['refersTo', 'text'],
  22: ['sparse', { message: sparse }],
} as const;
const node: Schema = { name: 'NodeProto', fields: () => nodeFields };
const nodeFields = {
  1: ['inputs', 'texts'],
  2: ['outputs', 'texts'],
  3: ['name', 'text'],
  4: ['op', 'text'],
  5: ['attributes', { message: attribute, many: true }],
  7: ['domain', 'text'],
} as const;
const graph: Schema = { name: 'GraphProto', fields: () => graphFields };
const graphFields: ReturnType<Schema['fields']> = {
  1: ['nodes', { message: node, many: true }],
  2: ['name', 'text'],
  5: ['tensors', { message: tensorSchema, many: true }],
  11: ['inputs', { message: valueInfo, many: true }],
  12: ['outputs', { message: valueInfo, many: true }],
  13: ['values', { message: valueInfo, many: true }],
  15: ['sparse', { message: sparse, many: true }],
};
const opset: Schema = { name: 'OperatorSetIdProto', fields: () => opsetFields };
const opsetFields = { 1: ['domain', 'text'], 2: ['version', 'int'] } as const;
const localFunction: Schema = { name: 'FunctionProto', fields: () => functionFields };
const functionFields = {
  1: ['name', 'text'],
  4: ['inputs', 'texts'],
  5: ['outputs', 'texts'],
  7: ['nodes', { message: node, many: true }],
  10: ['domain', 'text'],
} as const;
export const modelSchema: Schema = { name: 'ModelProto', fields: () => modelFields };
const modelFields = {
  1: ['irVersion', 'int'],
  2: ['producer', 'text'],
  3: ['producerVersion', 'text'],
  4: ['domain', 'text'],
  5: ['modelVersion', 'int'],
  7: ['graph', { message: graph }],
  8: ['opsets', { message: opset, many: true }],
  14: ['metadata', { message: entry, many: true }],
  25: ['functions', { message: localFunction, many: true }],
} as const;
