import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHashStream } from './stream.ts';
import { createSuite } from './suite.ts';

it('gives the hash of all pieces joined, for both suites', () => {
  const suites = [createSuite('intl'), createSuite('sm')];
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...suites), pieces, (suite, list) => {
      const stream = createHashStream(suite.id);
      for (const piece of list) stream.update(piece);
      expect(stream.digest()).toEqual(suite.hash(Uint8Array.from(list.flatMap((p) => [...p]))));
    }),
  );
});
