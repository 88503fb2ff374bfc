import { readFileSync } from 'node:fs';
import path from 'node:path';
import { panelHtml } from '../../client/src/common/panel-html.js';
import { launchBrowser } from '../e2e/browser.mjs';

/** What the editor's themes say, as far as the page asks. */
const themes = {
  dark: {
    class: 'vscode-dark',
    colours: {
      'editor-background': '#1f1f1f',
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      'widget-border': '#313131',
      'charts-blue': '#3794ff',
      'charts-green': '#89d185',
      'charts-purple': '#b180d7',
      'charts-yellow': '#cca700',
      'charts-red': '#f14c4c',
      'terminal-ansiCyan': '#11a8cd',
      'terminal-ansiMagenta': '#bc3fbc',
      'symbolIcon-classForeground': '#ee9d28',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'textLink-foreground': '#4daafc',
      'editorWarning-foreground': '#cca700',
      'dropdown-background': '#313131',
      'dropdown-foreground': '#cccccc',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'list-hoverBackground': '#2a2d2e',
      'list-inactiveSelectionBackground': '#37373d',
      focusBorder: '#0078d4',
    },
  },
  light: {
    class: 'vscode-light',
    colours: {
      'editor-background': '#ffffff',
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      'widget-border': '#e5e5e5',
      'charts-blue': '#1a85ff',
      'charts-green': '#388a34',
      'charts-purple': '#652d90',
      'charts-yellow': '#bf8803',
      'charts-red': '#e51400',
      'terminal-ansiCyan': '#0598bc',
      'terminal-ansiMagenta': '#bc05bc',
      'symbolIcon-classForeground': '#d67e00',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'textLink-foreground': '#005fb8',
      'editorWarning-foreground': '#895503',
      'dropdown-background': '#ffffff',
      'dropdown-foreground': '#3b3b3b',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'list-hoverBackground': '#f2f2f2',
      'list-inactiveSelectionBackground': '#e4e6f1',
      focusBorder: '#005fb8',
    },
  },
  contrast: {
    class: 'vscode-high-contrast',
    colours: {
      'editor-background': '#000000',
      foreground: '#ffffff',
      descriptionForeground: '#ffffff',
      contrastBorder: '#6fc3df',
      contrastActiveBorder: '#f38518',
      'charts-blue': '#3794ff',
      'charts-green': '#89d185',
      'charts-purple': '#b180d7',
      'charts-yellow': '#cca700',
      'charts-red': '#f48771',
      'terminal-ansiCyan': '#00cdcd',
      'terminal-ansiMagenta': '#cd00cd',
      'symbolIcon-classForeground': '#ee9d28',
      'button-background': '#000000',
      'button-foreground': '#ffffff',
      'textLink-foreground': '#21a6ff',
      'editorWarning-foreground': '#cca700',
      'dropdown-background': '#000000',
      'dropdown-foreground': '#ffffff',
      'input-background': '#000000',
      'input-foreground': '#ffffff',
      focusBorder: '#f38518',
    },
  },
} as const;
export type ThemeName = keyof typeof themes;
export const themeNames = Object.keys(themes) as ThemeName[];

/** The page of a panel alone in Chromium, under the rules of the panel, with a stand-in for the editor. */
export class PanelPage<To, From> {
  // biome-ignore lint/suspicious/noExplicitAny: playwright-core is installed beside the workbench, not in this project
  readonly page: any;
  /** What the page broke or said wrong: rules, exceptions. */
  readonly errors: string[];
  private readonly name: string;
  private readonly close_: () => Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  private constructor(name: string, page: any, errors: string[], close: () => Promise<void>) {
    this.name = name;
    this.page = page;
    this.errors = errors;
    this.close_ = close;
  }
  /** @param name the folder of the page */
  static async open<To, From>(name: string, { width = 1200, state }: { readonly width?: number; readonly state?: unknown } = {}): Promise<PanelPage<To, From>> {
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const errors: string[] = [];
    page.on('pageerror', (error: Error) => errors.push(error.message));
    page.on('console', (message: { type(): string; text(): string }) => message.type() === 'error' && errors.push(message.text()));
    const dist = (name: string): string => readFileSync(path.join(import.meta.dirname, '../../dist', name), 'utf8');
    const html = panelHtml({ title: name, script: '/script.js', style: '/style.css', source: 'http://panel.test', nonce: 'once' });
    const served: Record<string, [string, string]> = {
      '/': ['text/html', html],
      '/script.js': ['text/javascript', dist(`webview-${name}.js`)],
      '/style.css': ['text/css', dist(`webview-${name}.css`)],
    };
    await page.route('http://panel.test/**', (route: { request(): { url(): string }; fulfill(answer: object): Promise<void> }) => {
      const [contentType, body] = served[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
      return route.fulfill({ contentType, body });
    });
    await page.addInitScript((kept: unknown) => {
      const editor = globalThis as unknown as { sent: unknown[]; kept: unknown; acquireVsCodeApi: () => object };
      editor.sent = [];
      editor.kept = kept;
      editor.acquireVsCodeApi = () => ({
        postMessage: (message: unknown) => editor.sent.push(message),
        getState: () => editor.kept,
        setState: (next: unknown) => {
          editor.kept = next;
        },
      });
    }, state);
    await page.goto('http://panel.test/');
    return new PanelPage(name, page, errors, () => browser.close());
  }
  theme(name: ThemeName): Promise<void> {
    return this.page.evaluate(({ class: look, colours }: (typeof themes)[ThemeName]) => {
      document.body.className = look;
      const { style } = document.documentElement;
      style.cssText = '';
      style.setProperty('--vscode-font-size', '13px');
      for (const [key, value] of Object.entries(colours)) style.setProperty(`--vscode-${key}`, value);
    }, themes[name]);
  }
  /** The extension says something. */
  tell = (message: To): Promise<void> => this.page.evaluate((sent: unknown) => window.postMessage(sent, '*'), message);
  /** What the page said to the extension. */
  said = (): Promise<From[]> => this.page.evaluate(() => (globalThis as unknown as { sent: unknown[] }).sent);
  async shot(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(import.meta.dirname, '../../test-output/screenshots', this.name, `${name}.png`), fullPage: true });
  }
  close = (): Promise<void> => this.close_();
}
