// Chromium and its driver.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CACHE } from './hosts.mjs';

/** $CHROMIUM, the one that install.sh unpacked, or the system's. */
function findChromium() {
  const own = path.join(CACHE, 'chromium');
  if (!process.env.CHROMIUM && fs.existsSync(path.join(own, 'chromium'))) {
    return {
      executablePath: path.join(own, 'chromium'),
      // its libraries and fonts are for systems that have none
      env: {
        ...process.env,
        FONTCONFIG_FILE: path.join(own, 'fonts.conf'),
        LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, path.join(own, 'lib')].filter(Boolean).join(':'),
      },
    };
  }
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const dirs = (process.env.PATH || '').split(path.delimiter);
  const executablePath = [process.env.CHROMIUM, ...names.flatMap((n) => dirs.map((d) => path.join(d, n)))].find((f) => f && fs.existsSync(f));
  if (!executablePath) throw new Error('no Chromium found: run install.sh or set CHROMIUM');
  return { executablePath };
}

export async function launchBrowser() {
  let require = createRequire(import.meta.url);
  try {
    require.resolve('playwright-core');
  } catch {
    require = createRequire(path.join(CACHE, 'tools', 'x.js'));
  }
  const { chromium } = require('playwright-core');
  return chromium.launch({
    ...findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      // nothing but this machine can be reached from the page
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
}
