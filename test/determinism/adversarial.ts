// Programs that nodes are tested with as well, see test/e2e.
export { adversarial } from '../../packages/isolate/test/corpus/adversarial.ts';
