import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@hanse/source'] },
  ssr: { resolve: { conditions: ['@hanse/source'] } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/unit/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
  },
});
