import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Our own packages are read from `src` (the export condition of tsconfig.base.json); workers and child processes run from `dist`.
const conditions = ['@vouchsafe/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    // Many tests wait for processes that they started: on two cores, too, two files run at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'test', include: ['{packages,examples,benchmarks}/**/src/**/*.test.ts'] } },
      // Large sizes, full fuzzing: `npm run test:long`.
      {
        extends: true,
        test: { name: 'long', include: ['{packages,examples,benchmarks}/**/src/**/*.long.ts'], testTimeout: 3_600_000 },
      },
    ],
  },
});
