// The two extension hosts of a real VS Code workbench: 'node' (VS Code server, the extension's `main`) and
// 'web' (no server, a web worker, the extension's `browser`).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { patch } from './patch.mjs';
import { unpackVsix } from './zip.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const CACHE = process.env.VSCODE_E2E_HOME || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'vscode-e2e');
const VSCODE = path.join(CACHE, 'vscode');
const NODE = process.env.VSCODE_E2E_NODE || path.join(CACHE, 'node', 'bin', 'node');

const SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'files.autoSave': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'editor.codeLens': true,
  'workbench.editorAssociations': { '*.ipynb': 'jupyter-notebook' },
  'editor.minimap.enabled': false,
  // a pinned line may lie over what is to be clicked
  'editor.stickyScroll.enabled': false,
};

const mkTemp = () => fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-e2e-'));
const remove = (dir) => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

// VS Code opens an empty untitled document for a file that does not exist: a test must not pass on that.
function inside(folder, file) {
  need(path.resolve(folder, file), 'no such file');
  return path.relative(folder, path.resolve(folder, file)).split(path.sep).join('/');
}

export function need(file, what = 'is missing: run install.sh first') {
  if (!fs.existsSync(file)) throw new Error(`${file}: ${what}`);
}

// The folder is copied, so that a test can type and save without changing it.
function copyFolder(folder, home) {
  const copy = path.join(home, 'workspace');
  fs.cpSync(path.resolve(folder), copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Puts extensions that are not packed beside those that are installed. */
function addUnpacked(folders, extensions) {
  const list = path.join(extensions, 'extensions.json');
  const known = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) : [];
  for (const folder of folders) {
    const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const relativeLocation = `${publisher}.${name}-${version}`;
    const to = path.join(extensions, relativeLocation);
    fs.cpSync(folder, to, { recursive: true });
    known.push({ identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path: to, scheme: 'file' }, relativeLocation });
  }
  fs.writeFileSync(list, JSON.stringify(known));
}

/** VS Code server with a Node extension host. */
export async function startNodeHost({ vsix = [], unpacked = [], folder, settings = {}, timeout = 60_000, inPlace = false, trust = true }) {
  need(NODE);
  const home = mkTemp();
  const root = inPlace ? path.resolve(folder) : copyFolder(folder, home);
  const dirs = ['--server-data-dir', home, '--user-data-dir', path.join(home, 'data'), '--extensions-dir', path.join(home, 'extensions')];
  const main = path.join(VSCODE, 'out', 'server-main.js');
  fs.mkdirSync(path.join(home, 'data', 'User'), { recursive: true });
  fs.mkdirSync(path.join(home, 'extensions'), { recursive: true });
  fs.writeFileSync(path.join(home, 'data', 'User', 'settings.json'), JSON.stringify({ ...SETTINGS, ...settings }));
  // HOME is inside the temporary folder: nothing of the user's own account is read or written.
  const env = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    TMPDIR: home,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
  for (const k of ['NODE_OPTIONS', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'VSCODE_IPC_HOOK_CLI', 'VSCODE_PROXY_URI', 'CODE_SERVER_PARENT_PID']) delete env[k];
  const log = [];
  const child = (args) => {
    const c = spawn(NODE, [main, '--accept-server-license-terms', ...dirs, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    c.stdout.on('data', (d) => log.push(String(d)));
    c.stderr.on('data', (d) => log.push(String(d)));
    const kill = () => c.kill('SIGKILL');
    process.once('exit', kill);
    c.once('close', () => process.off('exit', kill));
    return c;
  };
  const fail = (what) => {
    remove(home);
    return new Error(`${what}\n${log.join('')}`);
  };
  const t0 = Date.now();
  if (vsix.length) {
    const c = child(vsix.flatMap((f) => ['--install-extension', path.resolve(f)]));
    const code = await new Promise((r) => c.on('close', r));
    if (code !== 0) throw fail(`installing the extension failed (${code})`);
  }
  if (unpacked.length) addUnpacked(unpacked, path.join(home, 'extensions'));
  const t1 = Date.now();
  const server = child([
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--without-connection-token',
    ...(trust ? ['--disable-workspace-trust'] : []),
    '--disable-telemetry',
    '--telemetry-level',
    'off',
  ]);
  const exited = new Promise((r) => server.on('close', r));
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      reject(fail('server did not start'));
    }, timeout);
    server.stdout.on('data', () => {
      const m = /listening on (\d+)/.exec(log.join(''));
      if (m) {
        clearTimeout(timer);
        resolve(m[1]);
      }
    });
    exited.then((code) => {
      clearTimeout(timer);
      reject(fail(`server ended (${code})`));
    });
  });
  const authority = `127.0.0.1:${port}`;
  const uri = (p) => `vscode-remote://${authority}${pathToFileURL(p).pathname}`;
  return {
    kind: 'node',
    timings: { installMs: t1 - t0, serverMs: Date.now() - t1 },
    log,
    home,
    root,
    /** Log files of the extension host, output channels included: { name: text }. */
    logs() {
      const dir = path.join(home, 'data', 'logs');
      return Object.fromEntries(
        fs
          .readdirSync(dir, { recursive: true })
          .map(String)
          .filter((f) => /exthost.*\.log$/.test(f))
          .map((f) => [f.split(path.sep).slice(2).join('/'), fs.readFileSync(path.join(dir, f), 'utf8')]),
      );
    },
    url(file) {
      const q = new URLSearchParams({ folder: root });
      if (file) q.set('payload', JSON.stringify([['openFile', uri(path.join(root, inside(folder, file)))]]));
      return `http://${authority}/?${q}`;
    },
    async stop() {
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
      remove(home);
    },
  };
}

const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.cjs': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.mp3': 'audio/mpeg',
};

/** Static workbench without any server side: extensions run in a web worker. */
async function startWebHost({ vsix = [], unpacked = [], folder, settings = {} }) {
  need(path.join(VSCODE, 'out'));
  const home = mkTemp();
  const root = copyFolder(folder, home);
  const t0 = Date.now();
  const extensions = vsix.map((f, i) => unpackVsix(path.resolve(f), path.join(home, String(i))));
  for (const dir of extensions) {
    const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
    if (!manifest.browser && manifest.main) throw new Error(`${manifest.name}: no "browser" entry, cannot run in a web worker`);
  }
  const t1 = Date.now();
  extensions.push(path.join(HERE, 'e2efs'), ...unpacked);
  const html = fs.readFileSync(path.join(VSCODE, 'out/vs/code/browser/workbench/workbench.html'), 'utf8');
  const bundle = fs.readFileSync(path.join(VSCODE, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
  // The bundle of code-server is tied to its server in two places: undo both, to get the plain web workbench.
  const workbench = patch(bundle, [
    [/,remoteAuthority:location\.host(?=\})/g, ''],
    [/\.file\(this\.userDataPath\)\.with\(\{scheme:[\w$.]+\}\)/g, '.file("/").with({scheme:"vscode-userdata"})'],
  ]);
  const log = [];
  /** Files of the extensions that were asked for. */
  const served = new Set();
  const send = (res, code, body = '', type = 'text/plain') => {
    res.writeHead(code, { 'Content-Type': type, 'Cache-Control': 'no-cache' });
    res.end(body);
  };
  const sendFile = (res, base, rel) => {
    const file = path.resolve(base, `.${path.posix.normalize(`/${rel}`)}`);
    fs.readFile(file, (err, data) => {
      if (err) {
        log.push(`404 ${rel}\n`);
        return send(res, 404);
      }
      send(res, 200, data, TYPES[path.extname(file)] || 'application/octet-stream');
    });
  };
  let authority;
  const page = () => {
    const config = {
      folderUri: { scheme: 'e2efs', path: '/workspace' },
      additionalBuiltinExtensions: extensions.map((_, i) => ({ scheme: 'http', authority, path: `/ext/${i}` })),
      configurationDefaults: { ...SETTINGS, ...settings },
      enableWorkspaceTrust: false,
      serverBasePath: '/',
      userDataPath: '/',
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
      webviewEndpoint: `http://${authority}/static/out/vs/workbench/contrib/webview/browser/pre`,
      developmentOptions: { logLevel: 2 },
      productConfiguration: {
        nameShort: 'VS Code web',
        nameLong: 'VS Code web',
        enableTelemetry: false,
        extensionsGallery: undefined,
      },
    };
    const values = {
      WORKBENCH_WEB_CONFIGURATION: JSON.stringify(config).replace(/&/g, '&amp;').replace(/"/g, '&quot;'),
      WORKBENCH_WEB_BASE_URL: '/static',
      WORKBENCH_NLS_URL: '/static/out/nls.messages.js',
      WORKBENCH_NLS_FALLBACK_URL: '/static/out/nls.messages.js',
    };
    return html.replace(/\{\{(\w+)\}\}/g, (_, k) => values[k] ?? '');
  };
  const api = (req, res, op, rel) => {
    const file = path.resolve(root, `.${path.posix.normalize(`/${rel}`)}`);
    const kind = (s) => (s.isDirectory() ? 2 : 1);
    try {
      if (op === 'stat') {
        const s = fs.statSync(file);
        return send(res, 200, JSON.stringify({ type: kind(s), ctime: s.ctimeMs, mtime: s.mtimeMs, size: s.size }), TYPES['.json']);
      }
      if (op === 'list') {
        return send(res, 200, JSON.stringify(fs.readdirSync(file, { withFileTypes: true }).map((d) => [d.name, kind(d)])), TYPES['.json']);
      }
      if (op === 'read') return send(res, 200, fs.readFileSync(file), 'application/octet-stream');
      if (op === 'write') {
        const parts = [];
        req.on('data', (d) => parts.push(d));
        req.on('end', () => {
          fs.writeFileSync(file, Buffer.concat(parts));
          send(res, 200);
        });
        return undefined;
      }
    } catch {
      return send(res, 404);
    }
    return send(res, 400);
  };
  const server = http.createServer((req, res) => {
    const { pathname } = new URL(req.url, 'http://x');
    const p = decodeURIComponent(pathname);
    if (p === '/') return send(res, 200, page(), 'text/html');
    if (p === '/static/out/vs/code/browser/workbench/workbench.js') return send(res, 200, workbench, 'text/javascript');
    if (p.startsWith('/static/')) return sendFile(res, VSCODE, p.slice(8));
    const packed = /^\/ext\/(\d+)\/(.*)$/.exec(p);
    if (packed) served.add(packed[2]);
    if (packed && extensions[packed[1]]) return sendFile(res, extensions[packed[1]], packed[2]);
    const file = /^\/fs\/(\w+)\/?(.*)$/.exec(p);
    if (file) return api(req, res, file[1], file[2]);
    log.push(`404 ${p}\n`);
    return send(res, 404);
  });
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  authority = `127.0.0.1:${server.address().port}`;
  return {
    kind: 'web',
    served,
    timings: { installMs: t1 - t0, serverMs: Date.now() - t1 },
    log,
    home,
    root,
    logs: () => ({}),
    url(file) {
      const q = new URLSearchParams();
      if (file) {
        q.set('payload', JSON.stringify([['openFile', `e2efs:/workspace/${encodeURI(inside(folder, file))}`]]));
      }
      return `http://${authority}/?${q}`;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((r) => server.close(r));
      remove(home);
    },
  };
}

export const startHost = (kind, options) => (kind === 'web' ? startWebHost(options) : startNodeHost(options));
