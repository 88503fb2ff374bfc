import { discriminatedUnion, type ZodType } from 'zod';
import { once } from '../../model/once.js';
import { anthropic } from './anthropic.js';
import { litellm } from './litellm.js';
import { openai } from './openai.js';
import { opencost } from './opencost.js';
import { postgres } from './postgres.js';
import { prometheus } from './prometheus.js';
import type { CommonSettings } from './settings.js';
import type { SourceKind } from './source.js';
import { trino } from './trino.js';

const kinds = [anthropic, litellm, openai, opencost, postgres, prometheus, trino] as const;
/** The settings of any source, as they are checked. */
export const sourceSettings = once(() => discriminatedUnion('kind', kinds.map(({ settings }) => settings()) as never) as unknown as ZodType<CommonSettings>);
/** The kind that settings are of: who has passed the check has one. */
export const kindOf = (settings: CommonSettings): SourceKind => kinds.find(({ kind }) => kind === settings.kind) as unknown as SourceKind;
/** The host that its secret is for. */
export const secretHost = (settings: CommonSettings): string => /^\w+:\/\/(\[[^\]]+\]|[^/:]+)/.exec(kindOf(settings).address(settings))?.[1] ?? '';
