// Writes server/data/hosted_prices.csv from the unpacked npm package @pydantic/genai-prices (MIT; facts only are taken).
// Usage: node tools/import-hosted-prices.mjs PATH-OF-UNPACKED-PACKAGE AS-OF-DAY [OUT]
// AS-OF-DAY is the day the package was published (npm view @pydantic/genai-prices time). What is left out is printed with its reason.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [path, asOf, out = 'server/data/hosted_prices.csv'] = process.argv.slice(2);
if (!path || !/^\d{4}-\d{2}-\d{2}$/.test(asOf ?? '')) {
  console.error('usage: import-hosted-prices.mjs PATH AS-OF-DAY [OUT]');
  process.exit(2);
}
const root = resolve(path);
const { findProvider } = await import(pathToFileURL(join(root, 'dist/index.js')).href);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Our provider name by the package's. Left out: resellers inside an editor or a plan, and price lists converted from another currency.
const providers = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  azure: 'azure',
  aws: 'bedrock',
  mistral: 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  cohere: 'cohere',
  together: 'together',
  fireworks: 'fireworks',
  'x-ai': 'x-ai',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  moonshotai: 'moonshotai',
  voyageai: 'voyageai',
  zai: 'zai',
  minimax: 'minimax',
  baseten: 'baseten',
  novita: 'novita',
  cloudflare: 'cloudflare',
  openrouter: 'openrouter',
};
// Half price in the batch interface, by provider; on input and output.
const half = {
  openai: 'OpenAI Batch API guide: 50 % off',
  anthropic: 'Anthropic Message Batches documentation: 50 % of standard prices',
  google: 'Gemini API Batch Mode announcement 2025-07-07: 50 % off',
  azure: 'Azure OpenAI batch documentation: 50 % off',
  mistral: 'Mistral batch inference documentation: 50 % off',
  groq: 'Groq Batch API documentation: 50 % off',
};
// Tokens of these are sound, pictures or pages, which a price per text token does not tell.
const notText =
  /audio|realtime|transcri|(^|-)tts|whisper|voice|sonic|voxtral|-live|native-audio|image|dall-e|video|omni|(^|-)ocr|sora|veo|imagen|lyria|computer-use/;
const embedding = /embed|rerank|^voyage|bge-|gte-|(^|[-/])e5-|(^|\/)m2-bert/;
const regionPrefix = /^(us|eu|apac|jp|au|in|ca|sa|us-gov)\./;

const hours = (constraint) => {
  const at = (text) => Number(text.slice(0, 2)) + Number(text.slice(3, 5)) / 60;
  const span = at(constraint.end_time) - at(constraint.start_time);
  return span < 0 ? span + 24 : span;
};

/** Prices in force on the day: dated ones resolved, the rate that holds for most of the day first. */
function inForce(prices) {
  if (!Array.isArray(prices)) return { prices };
  const dated = prices.filter((entry) => entry.constraint?.type !== 'time_of_date' && (entry.constraint?.start_date ?? '') <= asOf);
  const base = dated.at(-1)?.prices ?? {};
  const later = prices.find((entry) => (entry.constraint?.start_date ?? '') > asOf);
  const windows = prices.filter((entry) => entry.constraint?.type === 'time_of_date');
  const note = later ? `another price from ${later.constraint.start_date}` : undefined;
  if (windows.length === 0) return { prices: base, note };
  const covered = windows.reduce((sum, entry) => sum + hours(entry.constraint), 0);
  const peak = windows.at(-1).prices;
  return covered > 12 ? { prices: peak, other: base, note: 'price by time of day' } : { prices: base, other: peak, note: 'price by time of day' };
}

/** Exact names of the match rule. A trailing `+` allows a date, `-latest` or a revision number after the name, nothing else. */
function names(rule, found = new Set()) {
  for (const part of rule.or ?? rule.and ?? []) names(part, found);
  if (rule.equals) found.add(rule.equals);
  const open = rule.starts_with ?? rule.contains ?? rule.ends_with ?? rule.regex?.match(/^\^([a-z0-9./\\-]+?)-\\d\{/)?.[1]?.replaceAll('\\', '');
  if (open) {
    const stem = open.replace(/(-20\d\d)?[-@]?$/, '');
    if (stem.length > 3) found.add(`${stem}+`);
  }
  return found;
}

/** A stem that the listed id continues with a version holds for that version only: another one can have another price. */
function versioned(aliases, id) {
  return aliases.flatMap((name) => {
    const version =
      name.endsWith('+') && id.includes(name.slice(0, -1))
        ? /^(-v\d+)(:\d+)?$/.exec(id.slice(id.indexOf(name.slice(0, -1)) + name.length - 1))?.[1]
        : undefined;
    return version === undefined ? [name] : [name.slice(0, -1), `${name.slice(0, -1)}${version}+`];
  });
}

const amount = (price, from) => {
  if (price === undefined || typeof price === 'number') return price;
  return from === undefined ? price.base : (price.tiers.filter((tier) => tier.start <= from).at(-1)?.price ?? price.base);
};
const cell = (value) => {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? String(Number(value.toPrecision(10))) : value;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const columns =
  'provider,model,match,kind,input_usd,output_usd,cached_input_usd,cache_write_usd,batch_input_usd,batch_output_usd,from_input_tokens,other_input_usd,other_output_usd,request_usd,note,source,as_of';
const lines = [columns];
const left = [];
for (const [id, provider] of Object.entries(providers)) {
  for (const model of findProvider({ providerId: id }).models) {
    const drop = (reason) => left.push(`${provider} ${model.id}: ${reason}`);
    const { prices, other, note } = inForce(model.prices);
    const isAzureAda = provider === 'azure' && model.id === 'ada' && prices.output_mtok === undefined; // listed for text-embedding-ada-002
    const kind = embedding.test(model.id) || isAzureAda ? 'embedding' : 'text';
    if (notText.test(model.id)) {
      drop('priced by sound, picture or page');
      continue;
    }
    if (provider === 'openai' && model.id.startsWith('gpt-oss')) {
      drop('open weights that this provider does not serve');
      continue;
    }
    if (prices.output_reasoning_mtok !== undefined || prices.output_citation_mtok !== undefined) {
      drop('reasoning or citation tokens priced apart');
      continue;
    }
    const base = amount(prices.input_mtok);
    if (base === undefined || base === 0) {
      drop(base === 0 ? 'listed at $0' : 'no price per token listed');
      continue;
    }
    if (kind === 'text' && (amount(prices.output_mtok) === undefined || amount(prices.output_mtok) === 0)) {
      drop('no output price listed');
      continue;
    }
    const bare = model.id.replace(/^regional\./, '');
    const aliases = new Set(versioned([...names(model.match)], bare).filter((name) => name !== bare && !(provider === 'bedrock' && regionPrefix.test(name))));
    const starts = [...new Set(Object.values(prices).flatMap((price) => (typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [])))].sort(
      (a, b) => a - b,
    );
    const batch = half[provider];
    for (const from of [undefined, ...starts]) {
      const input = amount(prices.input_mtok, from);
      const output = kind === 'embedding' ? undefined : amount(prices.output_mtok, from);
      const remarks = [
        note,
        model.deprecated ? 'deprecated by the provider' : undefined,
        provider === 'azure' ? 'global deployment; regional ones often cost more' : undefined,
      ];
      lines.push(
        [
          provider,
          bare,
          [...aliases].join(';'),
          kind,
          input,
          output,
          amount(prices.cache_read_mtok, from),
          amount(prices.cache_write_mtok, from),
          batch ? input / 2 : undefined,
          batch && output !== undefined ? output / 2 : undefined,
          from === undefined ? undefined : from + 1,
          amount(other?.input_mtok, from),
          amount(other?.output_mtok, from),
          prices.requests_kcount === undefined ? undefined : prices.requests_kcount / 1000,
          remarks.filter(Boolean).join('; ') || undefined,
          `npm:@pydantic/genai-prices@${version}${batch ? `; batch: ${batch}` : ''}`,
          asOf,
        ]
          .map(cell)
          .join(','),
      );
    }
  }
}
writeFileSync(out, `${lines.join('\n')}\n`);
console.log(left.join('\n'));
console.log(`${lines.length - 1} rows written, ${left.length} models left out`);
