import { describe, expect, test } from 'vitest';
import { renderHelm } from '../../server/src/core/syntax/helm.js';
import { readYaml } from '../../server/src/core/syntax/yaml.js';
import { workloadsOf } from '../support/project.js';

const pod = (image: string, args: string, gpus: string | number, more = '') =>
  `kind: Deployment\napiVersion: apps/v1\nmetadata: {name: llm}\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n      - name: vllm\n        image: ${image}\n        args: ${args}\n        resources: {limits: {nvidia.com/gpu: ${gpus}}}\n${more}`;
const base = pod('vllm/vllm-openai:v0.6.0', '["--model", "org/m-7b", "--max-model-len", "4096"]', 1);

describe('Helm templates are filled in', () => {
  const values = readYaml(
    'file:///w/values.yaml',
    'a: 1\nname: org/m\nempty: ""\non: true\nlist: [x, y]\nmap:\n  k: v\n  "n/g": 2\nresources:\n  limits:\n    cpu: 4\n',
  ).roots[0]!;
  test.each([
    ['{{ .Values.a }}', '1'],
    ['{{ $.Values.name | quote }}', '"org/m"'],
    ['{{ .Values.none | default 8 }} {{ .Values.empty | default "x" }} {{ default 3 .Values.a }}', '8 x 1'],
    ['{{- if .Values.on }}yes{{ else }}no{{- end }}', 'yes'],
    ['{{ if not .Values.on }}a{{ else if eq .Values.name "org/m" }}b{{ else }}c{{ end }}', 'b'],
    ['{{ if and .Values.on (gt (int .Values.a) 1) }}a{{ else }}b{{ end }}', 'b'],
    ['{{ range .Values.list }}- {{ . }}{{ end }}', '- x- y'],
    ['{{ range $i, $e := .Values.list }}{{ $i }}{{ $e }}{{ end }}', '0x1y'],
    ['{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }};{{ end }}', 'k=v;n/g=2;'],
    ['{{ with .Values.map }}{{ .k }}{{ $.Values.a }}{{ end }}{{ with .Values.none }}x{{ end }}', 'v1'],
    ['{{ index .Values.map "n/g" }}', '2'],
    ['{{ $n := .Values.a }}{{ $n }}', '1'],
    ['a: {{ .Values.a }}\n  {{- /* said */ -}}\n  b', 'a: 1b'],
    ['{{ define "x" }}hidden{{ end }}{{ mul .Values.a 8 }}', '8'],
    ['{{ printf "%s:%d" .Values.name .Values.a }}', 'org/m:1'],
    ['r:{{ toYaml .Values.resources | nindent 2 }}', 'r:\n  "limits":\n    "cpu": 4'],
    ['{{ .Values.map.k.z }}|{{ .Values.a | ternary "t" "f" }}', '|t'],
    ['{{ end }}{{ if', '{{ if'],
  ])('%s', (template, want) => expect(renderHelm(template, values).text).toBe(want));
  test.each(['{{ include "x.name" . }}', '{{ .Release.Name }}', '{{ lookup "v1" "Secret" }}'])('%s stays unknown', (template) =>
    expect(renderHelm(template, values).text).toMatch(/\u00a7/),
  );

  test('loops in loops and open actions end', () => {
    const loops = '{{ range .Values.list }}'.repeat(30);
    expect(renderHelm(`${loops}x`, values).text.length).toBeLessThan(500_000);
    expect(renderHelm('{{'.repeat(200_000), values).text).toHaveLength(400_000);
  });
  const template = pod(
    '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
    '\n          - --model\n          - {{ .Values.model.name | quote }}\n          {{- if .Values.model.length }}\n          - --max-model-len={{ .Values.model.length }}\n          {{- end }}',
    '{{ .Values.gpus }}',
  ).replace('replicas: 1', 'replicas: {{ .Values.replicaCount }}');
  const chart = {
    'chart/templates/deployment.yaml': template,
    'chart/values.yaml': 'replicaCount: 3\nimage:\n  repository: vllm/vllm-openai\n  tag: v0.6.4\nmodel: {name: org/m-7b, length: 8192}\ngpus: 2\n',
  };
  test('with the values of their chart, and stand where the template does', async () => {
    const { first, facts } = await workloadsOf(chart, 'chart/templates/deployment.yaml');
    expect(facts).toMatchObject({
      model: 'org/m-7b other-file chart/values.yaml',
      replicas: '3 other-file chart/values.yaml',
      gpu_count: '2 other-file chart/values.yaml',
      max_model_len: '8192 literal chart/templates/deployment.yaml',
      library_version: 'vllm 0.6.4 other-file chart/values.yaml',
    });
    const length = first?.facts.find(({ name }) => name === 'max_model_len');
    expect(template.slice(length?.span?.start).split('\n')[0]).toMatch(/^[^\n]*max-model-len|^\{\{ \.Values\.model\.length/);
  });
  test('without values nothing is made up', async () => {
    const { facts } = await workloadsOf({ 'chart/templates/deployment.yaml': template }, 'chart/templates/deployment.yaml');
    expect([facts['model'], facts['gpu_count'], facts['replicas']]).toEqual([undefined, undefined, undefined]);
  });
});

describe('an overlay is what it makes of its base', () => {
  const overlay = (text: string) => ({
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'base/deployment.yaml': base,
    'prod/kustomization.yaml': `resources: [../base]\n${text}`,
  });
  test.each([
    ['replicas', 'replicas: [{name: llm, count: 4}]\n', { replicas: '4 literal prod/kustomization.yaml', gpu_count: '1 other-file base/deployment.yaml' }],
    ['an image', 'images:\n- name: vllm/vllm-openai\n  newTag: v0.9.1\n', { library_version: 'vllm 0.9.1 other-file prod/kustomization.yaml' }],
    [
      'a patch in place',
      'patches:\n- patch: |-\n    kind: Deployment\n    apiVersion: apps/v1\n    metadata: {name: llm}\n    spec: {template: {spec: {containers: [{name: vllm, resources: {limits: {nvidia.com/gpu: 8}}}]}}}\n',
      { gpu_count: '8 literal prod/kustomization.yaml', model: 'org/m-7b other-file base/deployment.yaml' },
    ],
    [
      'an operation',
      'patches:\n- target: {kind: Deployment, name: llm}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu\n      value: 2\n',
      { gpu_count: '2 literal prod/kustomization.yaml' },
    ],
  ])('%s', async (_, text, want) => {
    const { facts } = await workloadsOf(overlay(text), 'prod/kustomization.yaml');
    expect(facts).toMatchObject({ model: 'org/m-7b other-file base/deployment.yaml', ...want });
  });
  test('a patch that is a file; the base is counted with the overlay', async () => {
    const files = {
      ...overlay('patches: [{path: more.yaml}]\n'),
      'prod/more.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: llm}\nspec: {replicas: 5}\n',
    };
    expect((await workloadsOf(files, 'prod/kustomization.yaml')).facts['replicas']).toBe('5 other-file prod/more.yaml');
    expect((await workloadsOf(files, 'base/deployment.yaml')).first?.countedIn).toBe('prod/kustomization.yaml#serving-1');
  });
  test('bases that name each other end', async () => {
    const loop = (other: string) => `resources: [${Array(8).fill(other).join(', ')}]\nreplicas: [{name: llm, count: 2}]\n`;
    const files = { 'a/kustomization.yaml': loop('../b'), 'b/kustomization.yaml': loop('../a') };
    expect((await workloadsOf(files, 'a/kustomization.yaml')).workloads).toEqual([]);
  });
  test.each([
    ['that changes nothing', ''],
    ['whose patch is for another object', 'patches:\n- patch: |-\n    kind: Service\n    metadata: {name: llm}\n    spec: {replicas: 9}\n'],
  ])('an overlay %s', async (_, text) => {
    const { facts, workloads } = await workloadsOf(overlay(text), 'prod/kustomization.yaml');
    expect(text === '' ? workloads.length : facts['replicas']).toBe(text === '' ? 0 : '1 other-file base/deployment.yaml');
  });
});

describe('compose takes variables and images in', () => {
  const gpus = 'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}';
  const service = (text: string) => `services:\n  llm:\n    image: vllm/vllm-openai:v0.9.0\n    ${text}\n    ${gpus}\n`;
  const model = ['$', '{MODEL}'].join('');
  test('.env beside the file', async () => {
    const files = {
      'compose.yaml': service(`command: [--model, "${model}", --max-model-len, "${model.replace('MODEL', 'LEN:-1024')}"]`),
      '.env': '# one\nMODEL="org/m-7b" # which\nLEN=8192\n',
    };
    expect((await workloadsOf(files, 'compose.yaml')).facts).toMatchObject({ model: 'org/m-7b other-file .env', max_model_len: '8192 other-file .env' });
  });
  test('without it the defaults, and nothing else', async () => {
    const files = { 'compose.yaml': service(`command: [--model, "${model}", --max-model-len, "${model.replace('MODEL', 'LEN:-1024')}"]`) };
    const { facts } = await workloadsOf(files, 'compose.yaml');
    expect([facts['model'], facts['max_model_len']]).toEqual([undefined, '1024 default compose.yaml']);
  });
  test('env_file, under environment', async () => {
    const files = {
      'compose.yaml': `services:\n  tgi:\n    image: ghcr.io/huggingface/text-generation-inference:3\n    env_file: [a.env]\n    environment: {NUM_SHARD: "4"}\n    ${gpus}\n`,
      'a.env': 'MODEL_ID=org/m-7b\nNUM_SHARD=2\n',
    };
    expect((await workloadsOf(files, 'compose.yaml')).facts).toMatchObject({ model: 'org/m-7b other-file a.env', tensor_parallel: '4 literal compose.yaml' });
  });
  test('arguments for the entry point of the image that it builds', async () => {
    const files = {
      'compose.yaml': 'services:\n  t:\n    build: .\n    command: ["--epochs", "3"]\n    gpus: all\n',
      Dockerfile: 'FROM python:3.12\nENTRYPOINT ["python", "train.py"]\nCMD ["--epochs", "9"]\n',
    };
    const { first, facts } = await workloadsOf(files, 'compose.yaml');
    expect([first?.kind, facts['epochs']]).toEqual(['training', '3 literal compose.yaml']);
    expect((await workloadsOf(files, 'Dockerfile')).first?.countedIn).toBe('compose.yaml#training-1');
  });
});

test('!include is the other file', async () => {
  const files = {
    'a.yaml': 'model_name_or_path: org/m-7b\noutput_dir: o\nlearning_rate: 1e-5\ntraining_args: !include parts/t.yaml\n',
    'parts/t.yaml': 'per_device_train_batch_size: 4\nnum_train_epochs: 2\n',
  };
  expect((await workloadsOf(files, 'a.yaml')).facts).toMatchObject({
    model: 'org/m-7b literal a.yaml',
    batch_size: '4 other-file parts/t.yaml',
    epochs: '2 other-file parts/t.yaml',
  });
});

describe('scalers in another file of the folder', () => {
  const scaler = (name: string) =>
    `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: s}\nspec:\n  scaleTargetRef: {name: ${name}}\n  minReplicaCount: 2\n  maxReplicaCount: 9\n  triggers: [{metadata: {query: vllm_requests}}]\n`;
  test('bound what they name', async () => {
    const files = { 'k/d.yaml': base, 'k/s.yaml': scaler('llm') };
    expect((await workloadsOf(files, 'k/d.yaml')).facts).toMatchObject({ min_replicas: '2 other-file k/s.yaml', max_replicas: '9 other-file k/s.yaml' });
    expect((await workloadsOf(files, 'k/s.yaml')).first?.countedIn).toBe('k/d.yaml#serving-1');
  });
  test.each([
    ['another object', { 'k/d.yaml': base, 'k/s.yaml': scaler('other') }],
    ['another folder', { 'k/d.yaml': base, 's.yaml': scaler('llm') }],
  ])('say nothing about %s', async (_, files) => expect((await workloadsOf(files, 'k/d.yaml')).facts['min_replicas']).toBeUndefined());
});

test('a script in a ConfigMap runs where a container starts it', async () => {
  const text =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  run.sh: |\n    torchrun --nproc_per_node=4 /code/train.py --num_train_epochs 7\n---\napiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n      - command: [bash, /code/run.sh]\n        resources: {limits: {nvidia.com/gpu: 4}}\n';
  expect((await workloadsOf({ 'job.yaml': text }, 'job.yaml')).facts).toMatchObject({ epochs: '7 literal job.yaml', gpu_count: '4 literal job.yaml' });
});

test('the command that submits a job is over the job’s head', async () => {
  const files = {
    'job.slurm': '#!/bin/bash\n#SBATCH --nodes=1 --gres=gpu:a100:4\n#SBATCH --time=12:00:00\nsrun torchrun --nproc_per_node=4 train.py --num_train_epochs 3\n',
    'submit.sh': 'sbatch -N 4 --time=24:00:00 job.slurm\n',
  };
  const { workloads } = await workloadsOf(files, 'job.slurm');
  for (const { facts } of workloads) {
    const of = (name: string) => facts.find((fact) => fact.name === name);
    expect([of('num_nodes')?.value, of('max_time')?.value, of('gpu_count')?.value]).toEqual([4, 86_400, 4]);
    expect(of('num_nodes')?.note).toBe('sbatch in submit.sh');
  }
  expect(workloads).toHaveLength(2);
  expect((await workloadsOf(files, 'submit.sh')).workloads).toEqual([]);
});

describe('commands under names', () => {
  test.each([
    [
      'Procfile',
      'web: vllm serve org/m-7b --max-model-len 8192\nclock: python clock.py\n',
      { model: 'org/m-7b literal Procfile', max_model_len: '8192 literal Procfile' },
    ],
    [
      'justfile',
      'epochs := "6"\n# say\n[private]\ntrain bs="32" *rest: build\n    @torchrun --nproc_per_node=2 train.py --epochs {{epochs}} --batch_size {{bs}}\n',
      { epochs: '6 variable justfile', batch_size: '32 default justfile', gpu_count: '2 literal justfile' },
    ],
  ])('%s', async (file, text, want) => {
    const { workloads, facts } = await workloadsOf({ [file]: text }, file);
    expect(workloads).toHaveLength(1);
    expect(facts).toMatchObject(want);
  });
});
