import { type Call, dotted, type Expr } from '../../syntax/python/ast.js';
import type { PythonProgram } from '../../syntax/python/program.js';

const servers =
  /^(fastapi|flask|gradio|sanic|litserve|bentoml|streamlit|chainlit|starlette|quart|tornado|aiohttp\.web|ray\.serve|runpod|cog|potassium|robyn|uvicorn|ts\.torch_handler|kserve|mii|triton_python_backend_utils|sagemaker_inference)(\.|$)/;

/** True where a program answers requests of others: a web application or a serving framework. */
export function isServed(program: PythonProgram): boolean {
  for (const one of program.imports.values()) {
    const full = one.name === undefined ? one.module : `${one.module}.${one.name}`;
    if (servers.test(one.module) || servers.test(full)) return true;
  }
  return isHandler(program.text);
}
/** A class that a server fills with requests, known by its shape: Truss, Triton, TorchServe. */
const isHandler = (text: string): boolean =>
  /^class TritonPythonModel\b|^class \w+\([\w.]*BaseHandler\b/m.test(text) ||
  (/^class Model\b/m.test(text) && /^ +def load\(self/m.test(text) && /^ +(async )?def predict\(self/m.test(text));

/** True where a program trains: what it then generates is a look at the result. */
export const isTraining = (program: PythonProgram): boolean =>
  /Trainer\(|\.backward\(|\.apply_gradients\(|\bTrainingArguments\b|\bopt\w*\.zero_grad\(|\boptimizer\.step\(|(?:(?<!cluster_|clustering_|topic_|kmeans_)model|trainer|estimator|learner?|net)\w*\.fit\(|\btrainer\.train\(|\bdeepspeed\s[^\n]*--|[!#%] ?deepspeed\s|^[ \t]*[!#%][ \t]*(?:accelerate launch|torchrun)\s/im.test(
    program.text,
  );

/** `@app.function(gpu=…)` and `@app.cls(…)` of Modal. */
export const isModal = (program: PythonProgram, decorator: Expr): boolean =>
  decorator.kind === 'call' &&
  /(^|\.)(function|cls)$/.test(dotted(decorator.callee) ?? '') &&
  [...program.imports.values()].some((one) => /^modal(\.|$)/.test(one.module));

/** A decorator with which a platform gives a function or class accelerators: Modal's, and those of BentoML, Ray Serve, Flyte and Beam. */
export const isPlaced = (program: PythonProgram, decorator: Expr): boolean =>
  isModal(program, decorator) ||
  (decorator.kind === 'call' &&
    placementOf(program, decorator) !== undefined &&
    /gpu|accelerator|GPU/.test(program.text.slice(decorator.start, decorator.end)));

/** The full name of the platform's decorator, also where the program gave it a name of its own: `service = bentoml.service`. */
export function placementOf(program: PythonProgram, { callee }: Call): string | undefined {
  const name = dotted(callee);
  if (name === undefined) return undefined;
  const given = program.bindings(name).flatMap(({ value }) => (value?.kind === 'attribute' ? (dotted(value) ?? []) : []));
  return [name, ...given].map((one) => program.qualified(one)).find((one) => placements.test(one));
}
const placements =
  /^(?:bentoml\.service|ray\.serve\.deployment|flytekit(?:\.\w+)*\.task|union(?:\.\w+)*\.task|beam(?:\.\w+)*\.(?:function|endpoint|task_queue|asgi|realtime|schedule))$/;
