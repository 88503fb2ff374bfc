import { nomad } from './hcl/nomad.js';
import { terraform } from './hcl/terraform.js';
import { containersJson } from './json/containers.js';
import { deepspeed } from './json/deepspeed.js';
import { engineOptionsJson } from './json/engine-options.js';
import { runpodHub } from './json/runpod-hub.js';
import { terraformJson } from './json/terraform.js';
import { trainerArgumentsJson } from './json/trainer-arguments.js';
import { trainingSettingsJson } from './json/training-settings.js';
import { triton } from './pbtxt/triton.js';
import { agentsPython } from './python/agents.js';
import { anthropicPython } from './python/anthropic.js';
import { apiWrapper } from './python/api-wrapper.js';
import { azuremlSdk } from './python/azureml-sdk.js';
import { bedrockPython } from './python/bedrock.js';
import { checkpointInference } from './python/checkpoint-inference.js';
import { claudeAgentPython } from './python/claude-agent.js';
import { cogPython } from './python/cog.js';
import { crewaiPython } from './python/crewai.js';
import { distilabelPython } from './python/distilabel.js';
import { dspyPython } from './python/dspy.js';
import { geminiPython } from './python/gemini.js';
import { handedOverTraining } from './python/handed-over-training.js';
import { hfTrainer } from './python/hf-trainer.js';
import { hostedClients } from './python/hosted-clients.js';
import { httpApi } from './python/http-api.js';
import { kauldron } from './python/kauldron.js';
import { keras } from './python/keras.js';
import { kubeflowTrainer } from './python/kubeflow-trainer.js';
import { langchainPython } from './python/langchain.js';
import { libraryTrainers } from './python/library-trainers.js';
import { lightning } from './python/lightning.js';
import { litellmPython } from './python/litellm.js';
import { llamaIndexPython } from './python/llama-index.js';
import { localInference } from './python/local-inference.js';
import { localObjects } from './python/local-objects.js';
import { megatron } from './python/megatron.js';
import { metaflow } from './python/metaflow.js';
import { mmengine } from './python/mmengine.js';
import { modalPython } from './python/modal.js';
import { nemoRecipe } from './python/nemo-recipe.js';
import { openaiPython } from './python/openai.js';
import { optuna } from './python/optuna.js';
import { pipelines } from './python/pipelines.js';
import { placedFunctions } from './python/placed-functions.js';
import { projectTrainer } from './python/project-trainer.js';
import { rayData } from './python/ray-data.js';
import { rayTrain } from './python/ray-train.js';
import { rayTune } from './python/ray-tune.js';
import { sagemaker } from './python/sagemaker.js';
import { sentenceTransformers } from './python/sentence-transformers.js';
import { submitit } from './python/submitit.js';
import { subprocess } from './python/subprocess.js';
import { torchLoop } from './python/torch-loop.js';
import { torchtitan } from './python/torchtitan.js';
import { trainingConfig } from './python/training-config.js';
import { vertex } from './python/vertex.js';
import { vllmPython } from './python/vllm.js';
import { launchShell } from './shell/launch.js';
import { serveShell } from './shell/serve.js';
import { slurmShell } from './shell/slurm.js';
import { dockerfile } from './text/dockerfile.js';
import { ollamaModelfile } from './text/modelfile.js';
import { torchtitanToml } from './toml/torchtitan.js';
import { trainingSettingsToml } from './toml/training-settings.js';
import type { Recogniser } from './types.js';
import { anthropicTypescript } from './typescript/anthropic.js';
import { bedrockTypescript } from './typescript/bedrock.js';
import { claudeAgentTypescript } from './typescript/claude-agent.js';
import { fetchTypescript } from './typescript/fetch.js';
import { googleGenaiTypescript } from './typescript/google-genai.js';
import { hostedClientsTypescript } from './typescript/hosted-clients.js';
import { langchainTypescript } from './typescript/langchain.js';
import { llamaIndexTypescript } from './typescript/llama-index.js';
import { openaiTypescript } from './typescript/openai.js';
import { openaiAgentsTypescript } from './typescript/openai-agents.js';
import { vercelAi } from './typescript/vercel-ai.js';
import { accelerate } from './yaml/accelerate.js';
import { aiToolkit } from './yaml/ai-toolkit.js';
import { argo } from './yaml/argo.js';
import { autoscaler } from './yaml/autoscaler.js';
import { axolotl } from './yaml/axolotl.js';
import { azureml } from './yaml/azureml.js';
import { beaker } from './yaml/beaker.js';
import { buildkite } from './yaml/buildkite.js';
import { cloudformation } from './yaml/cloudformation.js';
import { cog } from './yaml/cog.js';
import { commandsYaml } from './yaml/commands.js';
import { compose } from './yaml/compose.js';
import { configMap } from './yaml/config-map.js';
import { customObjects } from './yaml/custom-objects.js';
import { determined } from './yaml/determined.js';
import { githubActions } from './yaml/github-actions.js';
import { gitlabCi } from './yaml/gitlab-ci.js';
import { gptNeox } from './yaml/gpt-neox.js';
import { helmValues } from './yaml/helm-values.js';
import { hostedModels } from './yaml/hosted-models.js';
import { hydraLauncher } from './yaml/hydra-launcher.js';
import { knative } from './yaml/knative.js';
import { kubernetes } from './yaml/kubernetes.js';
import { kustomize } from './yaml/kustomize.js';
import { levanter } from './yaml/levanter.js';
import { lightningTrainer } from './yaml/lightning-trainer.js';
import { litgpt } from './yaml/litgpt.js';
import { llamaFactory } from './yaml/llama-factory.js';
import { llmFoundry } from './yaml/llm-foundry.js';
import { maxtext } from './yaml/maxtext.js';
import { modelServers } from './yaml/model-servers.js';
import { nanotron } from './yaml/nanotron.js';
import { nemo } from './yaml/nemo.js';
import { nemoRl } from './yaml/nemo-rl.js';
import { nodeGroups } from './yaml/node-groups.js';
import { rayCluster } from './yaml/ray-cluster.js';
import { runai } from './yaml/runai.js';
import { seldon } from './yaml/seldon.js';
import { servingSettings } from './yaml/serving-settings.js';
import { skypilot } from './yaml/skypilot.js';
import { torchserve } from './yaml/torchserve.js';
import { torchtune } from './yaml/torchtune.js';
import { trainerArguments } from './yaml/trainer-arguments.js';
import { trainingSettings } from './yaml/training-settings.js';
import { truss } from './yaml/truss.js';
import { vertexJob } from './yaml/vertex-job.js';
import { vllmOptions } from './yaml/vllm-options.js';
import { wandbSweep } from './yaml/wandb-sweep.js';

/** Every recogniser; adding a format adds its file and its line here. */
export const recognisers: readonly Recogniser[] = [
  // one a line
  openaiPython,
  hfTrainer,
  anthropicPython,
  vllmPython,
  agentsPython,
  apiWrapper,
  bedrockPython,
  checkpointInference,
  claudeAgentPython,
  cogPython,
  crewaiPython,
  distilabelPython,
  dspyPython,
  geminiPython,
  hostedClients,
  httpApi,
  langchainPython,
  litellmPython,
  llamaIndexPython,
  localInference,
  localObjects,
  modalPython,
  openaiTypescript,
  anthropicTypescript,
  bedrockTypescript,
  claudeAgentTypescript,
  fetchTypescript,
  googleGenaiTypescript,
  hostedClientsTypescript,
  langchainTypescript,
  llamaIndexTypescript,
  openaiAgentsTypescript,
  vercelAi,
  deepspeed,
  trainerArgumentsJson,
  trainingSettingsJson,
  trainingSettingsToml,
  accelerate,
  aiToolkit,
  axolotl,
  gptNeox,
  levanter,
  litgpt,
  llamaFactory,
  llmFoundry,
  maxtext,
  nanotron,
  nemo,
  nemoRl,
  torchtune,
  trainerArguments,
  trainingSettings,
  lightningTrainer,
  wandbSweep,
  projectTrainer,
  sentenceTransformers,
  torchLoop,
  handedOverTraining,
  libraryTrainers,
  lightning,
  kauldron,
  keras,
  rayTrain,
  trainingConfig,
  vertex,
  azuremlSdk,
  pipelines,
  torchtitan,
  torchtitanToml,
  sagemaker,
  optuna,
  megatron,
  metaflow,
  mmengine,
  rayTune,
  rayData,
  placedFunctions,
  submitit,
  subprocess,
  kubeflowTrainer,
  nemoRecipe,
  launchShell,
  serveShell,
  slurmShell,
  autoscaler,
  azureml,
  cog,
  compose,
  configMap,
  githubActions,
  helmValues,
  hostedModels,
  servingSettings,
  kubernetes,
  customObjects,
  kustomize,
  modelServers,
  rayCluster,
  runai,
  seldon,
  skypilot,
  torchserve,
  truss,
  vllmOptions,
  commandsYaml,
  nomad,
  terraform,
  terraformJson,
  runpodHub,
  containersJson,
  engineOptionsJson,
  gitlabCi,
  argo,
  beaker,
  buildkite,
  cloudformation,
  determined,
  hydraLauncher,
  knative,
  nodeGroups,
  vertexJob,
  triton,
  dockerfile,
  ollamaModelfile,
];
