import { defineConfig } from 'vitest/config';
import { plantedMutant, repeatedRuns } from './tools/vitest-plugins.mjs';

const unit = [
  'packages/*/{src,test,mocks}/**/*.test.{ts,tsx}',
  'test/unit/**/*.test.ts',
  'tools/test/**/*.test.mjs',
];

// Two projects: `unit` needs nothing but the sources; `e2e` starts real validators and browsers.
export default defineConfig({
  plugins: [repeatedRuns(process.env['HANSE_FUZZ']), plantedMutant(process.env['HANSE_MUTANT'])],
  resolve: { conditions: ['@hanse/source'] },
  ssr: { resolve: { conditions: ['@hanse/source'] } },
  test: {
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: unit, testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
