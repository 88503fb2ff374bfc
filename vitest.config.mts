import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'core', include: ['test/{unit,session,cli,property}/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 60_000, globalSetup: ['test/package/built.mjs'] } },
      // Needs onnxruntime-web, which is large: apart from what is run after every change.
      { test: { name: 'runtime', include: ['test/runtime/**/*.test.ts'], testTimeout: 60_000, globalSetup: ['test/package/built.mjs'] } },
      // Real servers, which the tests start: installed first where they can be.
      {
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          globalSetup: ['test/servers/installed.mjs'],
        },
      },
      // One real workbench at a time: two would disturb each other's timing on small machines.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          globalSetup: ['test/e2e/installed.mjs'],
        },
      },
    ],
  },
});
