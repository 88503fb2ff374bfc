import { expect } from 'vitest';
import { accessibilityMistakes } from '../../support/accessibility.js';
import type { Ide } from '../ide.js';

const themes = [
  ['dark', 'Dark Modern'],
  ['light', 'Light Modern'],
  ['contrast', 'Dark High Contrast'],
] as const;

/** Looks at a frame in every theme, where nothing may stand in anybody's way.
 * @param look what a person would look at there, as screenshots */
export async function inEveryTheme(ide: Ide, frame: unknown, look: (theme: string) => Promise<unknown>): Promise<void> {
  const mistakes: Record<string, string[]> = {};
  for (const [name, theme] of themes) {
    await pickTheme(ide, theme);
    await look(name);
    mistakes[name] = await accessibilityMistakes(frame);
  }
  expect(mistakes).toEqual(Object.fromEntries(themes.map(([name]) => [name, []])));
  await pickTheme(ide, 'Dark Modern');
}

/** Picks a colour theme from the editor's list. */
export async function pickTheme(ide: Ide, theme: string): Promise<void> {
  const { page } = ide;
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+T');
  const input = page.locator('.quick-input-widget input[type="text"]');
  await input.waitFor({ state: 'visible' });
  await input.fill(theme);
  await page.waitForTimeout(300);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await page.waitForTimeout(300);
}
