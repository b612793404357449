import { describe, expect, test } from 'vitest';
import { limits } from '@hanse/kit';
import { adversarial } from './corpus/adversarial.ts';
import { corpusCode, runProgram } from './corpus/corpus.ts';
import { isolate } from './rig.ts';

// These get all the gas that a transaction can have; the corpus of programs runs all of them with less.
const expected: Readonly<Record<string, string>> = {
  endlessLoop: 'OutOfGas',
  generatorStorm: 'OutOfGas',
  exceptionStorm: 'OutOfGas',
  regexBacktracking: 'OutOfGas',
  regexCompile: 'OutOfGas',
  bigIntSquare: 'OutOfGas',
  bigIntText: 'OutOfGas',
  bigIntShift: 'Threw',
  joinHuge: 'OutOfGas',
  joinNested: 'OutOfMemory',
  sortHuge: 'OutOfMemory',
  sortLiar: 'OutOfGas',
  sortShrinking: 'OutOfGas',
  jsonParseDeep: 'StackOverflow',
  jsonParseWide: 'OutOfGas',
  jsonStringifyDeep: 'OutOfMemory',
  jsonToJson: 'OutOfGas',
  proxyChain: 'OutOfMemory',
  proxyTraps: 'StackOverflow',
  recursionCallback: 'StackOverflow',
  recursionCaught: 'StackOverflow',
  recursionReplace: 'StackOverflow',
  recursionFlatSelf: 'StackOverflow',
  recursionRegexParse: 'Threw',
  stringRepeat: 'OutOfMemory',
  stringIndexOf: 'OutOfGas',
  arrayPush: 'OutOfGas',
  typedArrayMany: 'OutOfMemory',
  typedArrayFill: 'OutOfGas',
  objectMany: 'OutOfGas',
  mapSelfGrowing: 'OutOfGas',
  promiseStorm: 'Unfinished',
  outOfMemoryCaught: 'OutOfMemory',
  hostStorm: 'OutOfGas',
  hostCallDeep: 'OutOfGas',
};

describe('programs that try to outlast, outgrow or overflow the engine end as', () => {
  test.each(Object.entries(expected))('%s: %s', (name, failure) => {
    const gasLimit = limits.gasPerTxMax;
    const loaded = isolate().load(corpusCode(adversarial[name] ?? ''), gasLimit);
    if (loaded.kind !== 'loaded') throw new Error(loaded.message);
    const outcome = runProgram(isolate(), loaded.program, gasLimit);
    expect(outcome).toMatchObject({ kind: 'failed', failure });
    if (failure === 'OutOfGas') expect(outcome.gas).toBe(gasLimit);
    else expect(outcome.gas).toBeLessThan(gasLimit);
  });
});
