import { useState } from 'preact/hooks';
import type { Control, Set as Supposed, WhatIfResult } from '../../../server/src/protocol/what-if.js';
import { fieldText, withWord } from './draft.js';

interface FormProps {
  readonly data: WhatIfResult;
  readonly draft: Supposed;
  readonly shown: readonly string[];
  readonly onDraft: (draft: Supposed) => void;
  readonly onShown: (shown: readonly string[]) => void;
  readonly onKeep: (name: string) => void;
}
/** Facts that are unknown and asked for at once; the others are added by name. */
const askedAtOnce = 4;

/** What is supposed: native controls, each with what holds now. Every keystroke is computed. */
export function Form({ data, draft, shown, onDraft, onShown, onKeep }: FormProps) {
  const [name, setName] = useState('');
  const words = new Set(data.controls.map(({ word }) => word));
  const open = data.facts.filter(({ name: fact, now }) => now === '' && !words.has(fact) && !covered(fact, words)).slice(0, askedAtOnce);
  const added = Object.keys(draft).filter((word) => !words.has(word) && !open.some((one) => one.name === word));
  const others = data.facts.filter((one) => !words.has(one.name) && !open.includes(one) && !added.includes(one.name));
  const facts = [...open.map((one) => one.name), ...added];
  const empty = Object.keys(draft).length === 0;
  const each = data.kind === 'workspace';
  const change = (word: string, text: string): void => onDraft(withWord(draft, word, text));
  return (
    <form
      class="suppose"
      aria-label="What is supposed"
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty && name.trim() !== '') onKeep(name.trim());
      }}
    >
      <div class="fields">
        {data.controls.map((control) => (
          <Field
            each={each}
            key={control.word}
            control={control}
            value={fieldText(draft, control.word)}
            mistake={mistakeOf(data, control.word)}
            onChange={(text) => change(control.word, text)}
          />
        ))}
        {facts.map((fact) => {
          const known = data.facts.find((one) => one.name === fact);
          const control: Control = { word: fact, label: known?.label ?? fact, meaning: '', example: '', now: known?.now ?? '', closed: false, choices: [] };
          return (
            <Field
              each={each}
              key={fact}
              control={control}
              value={fieldText(draft, fact)}
              mistake={mistakeOf(data, fact)}
              onChange={(text) => change(fact, text)}
            />
          );
        })}
        {others.length > 0 && (
          <div class="field">
            <label for="other">Another fact</label>
            <select
              id="other"
              value=""
              onChange={({ currentTarget }) => {
                const fact = others.find((one) => one.name === currentTarget.value);
                // It starts from what holds, so that something is there to change.
                if (fact) onDraft(withWord(draft, fact.name, fact.now.replaceAll(',', '') || '1'));
                currentTarget.value = '';
              }}
            >
              <option value="">choose …</option>
              {others.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.now === '' ? one.label : `${one.label} (${one.now})`}
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <div class="controls">
        {data.scenarios.length > 0 && (
          <fieldset>
            <legend>Scenarios</legend>
            {data.scenarios.map((one) => (
              <span key={one.name} class="scenario">
                <label title={one.note || undefined}>
                  <input
                    type="checkbox"
                    name="scenario"
                    value={one.name}
                    checked={shown.includes(one.name)}
                    onChange={({ currentTarget }) => onShown(currentTarget.checked ? [...shown, one.name] : shown.filter((other) => other !== one.name))}
                  />
                  {one.name}
                </label>
                <button type="button" class="link" aria-label={`start from it: ${one.name}`} onClick={() => onDraft(one.set)}>
                  start from it
                </button>
              </span>
            ))}
          </fieldset>
        )}
        <label>
          Name
          <input id="name" type="text" value={name} placeholder="black friday" onInput={({ currentTarget }) => setName(currentTarget.value)} />
        </label>
        <button id="keep" type="submit" disabled={empty || name.trim() === ''}>
          Save as scenario
        </button>
        <button id="clear" type="button" class="second" disabled={empty} onClick={() => onDraft({})}>
          As written
        </button>
      </div>
    </form>
  );
}

const mistakeOf = (data: WhatIfResult, word: string): string => data.mistakes.find((one) => one.word === word)?.text ?? '';
/** Facts that a word of the form stands for already. */
const covered = (fact: string, words: ReadonlySet<string>): boolean =>
  (words.has('accelerator') && /^(?:gpu_type|gpus|gpu_count)$/.test(fact)) ||
  (words.has('traffic') && /^(?:requests_per_s|calls_per_month)$/.test(fact)) ||
  (words.has('context') && /^(?:max_model_len|seq_len)$/.test(fact));

interface FieldProps {
  readonly control: Control;
  /** Of many workloads, each of which has a value of its own. */
  readonly each: boolean;
  readonly value: string;
  readonly mistake: string;
  readonly onChange: (text: string) => void;
}
function Field({ each, control: { word, label, meaning, example, now, closed, choices }, value, mistake, onChange }: FieldProps) {
  const id = `field-${word}`;
  const help = `${id}-help`;
  const said = mistake !== '' ? mistake : now !== '' ? `now ${now}` : each ? 'as each one says' : 'now unknown';
  return (
    <div class="field" title={meaning || undefined}>
      <label for={id}>{label}</label>
      {closed ? (
        <select id={id} data-word={word} value={value} aria-describedby={help} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          <option value="">as written</option>
          {choices.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          data-word={word}
          value={value}
          list={choices.length > 0 ? `${word}-choices` : undefined}
          placeholder={example.split(', ')[0] || 'a value, 2x'}
          aria-describedby={help}
          aria-invalid={mistake !== ''}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
      {choices.length > 0 && !closed && (
        <datalist id={`${word}-choices`}>
          {choices.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </datalist>
      )}
      <small id={help} class={mistake === '' ? 'minor' : 'mistake'}>
        {said}
      </small>
    </div>
  );
}
