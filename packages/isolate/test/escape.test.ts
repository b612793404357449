import { describe, expect, test } from 'vitest';
import { rowHost, runBody, verdict } from './rig.ts';

// Each of these tries to reach something that is not the contract's. A body rejects when it succeeds.

const forbidden = [
  'process',
  'require',
  'module',
  'Buffer',
  'fetch',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'Date',
  'performance',
  'Intl',
  'WeakRef',
  'FinalizationRegistry',
  'Atomics',
  'SharedArrayBuffer',
  'WebAssembly',
  'Worker',
  'navigator',
  'std',
  'os',
  'print',
  'scriptArgs',
  'gc',
  'bjson',
  'crypto',
  'structuredClone',
  'atob',
  'btoa',
  'DOMException',
  'URL',
  'TextEncoder',
];

test.each(forbidden)('there is no %s', (name) => {
  const body = `if (typeof ${name} !== "undefined" || "${name}" in globalThis) reject("FOUND");`;
  expect(verdict(runBody(body))).toBe('returned');
});

describe('nothing can be compiled', () => {
  test.each([
    'eval("1")',
    '(0, eval)("1")',
    'new Function("return 1")()',
    'Function("return 1")()',
    '(() => {}).constructor("return 1")()',
    '(function* () {}).constructor("yield 1")()',
    '(async () => {}).constructor("return 1")()',
    '(async function* () {}).constructor("yield 1")()',
    'Reflect.construct(Function, ["return 1"])()',
    '[].map.constructor("return 1")()',
    'hanse.host.get.constructor("return this")()',
    'import("x")',
  ])('%s', (expression) => {
    const body = `let made; try { made = ${expression}; } catch {} if (made === 1 || made?.next) reject("COMPILED");`;
    expect(verdict(runBody(body))).not.toContain('rejected');
  });
});

describe('chains of constructors and prototypes end inside', () => {
  test.each([
    'host.constructor === Object',
    'host.get.constructor === Function',
    'host.get.constructor.constructor === Function',
    'Object.getPrototypeOf(host.get) === Function.prototype',
    'Object.getOwnPropertyNames(host.get).sort().join() === "length,name"',
    'Object.getOwnPropertyNames(host).sort().join() === "call,deposit,emit,get,hash,put,remove,scan"',
    'Object.getOwnPropertyNames(hanse).sort().join() === "define,host"',
    'Object.isFrozen(hanse) && Object.isFrozen(host)',
    'Reflect.set(host, "get", 1) === false && Reflect.deleteProperty(host, "get") === false',
    'Reflect.deleteProperty(globalThis, "hanse") === false',
    'Reflect.defineProperty(globalThis, "hanse", { value: 1 }) === false',
    'info.constructor === Object && info.txid.constructor === Uint8Array',
    'info.txid.buffer.constructor === ArrayBuffer && info.txid.buffer.byteLength === 32',
    'host.hash(new Uint8Array(1)).buffer.byteLength === 32',
    'Math.random === undefined',
    'Error.captureStackTrace === undefined && Error.prepareStackTrace === undefined',
    'ArrayBuffer.prototype.resize === undefined',
    '(function () { return this; })() === undefined',
    'host.get.caller === undefined && !("arguments" in host.get && host.get.arguments)',
    'typeof globalThis.globalThis === "object" && globalThis.global === undefined',
    'console.log("x") === undefined && Object.isFrozen(console)',
  ])('%s', (expression) => {
    const body = `let is; try { is = ${expression}; } catch (e) { is = e.name === "TypeError" && "${expression.includes('caller')}"; } if (!is) reject("ESCAPED");`;
    expect(verdict(runBody(body))).toBe('returned');
  });
});

describe('lies about arguments', () => {
  test.each([
    [
      'polluted prototypes',
      'Object.prototype.id = "x"; Object.prototype.get = () => { throw 1; }; host.get(0, {});',
      'BadValue',
    ],
    [
      'polluted setters',
      'Object.defineProperty(Object.prototype, "id", { set() { reject("SETTER"); } }); host.put(0, { ["id"]: "a", amount: 1n }, "put"); if (host.get(0, { ["id"]: "a" }).id !== "a") reject("ROW");',
      'returned',
    ],
    [
      'a polluted array',
      'Object.defineProperty(Array.prototype, 0, { set() { reject("SETTER"); }, get() { reject("GETTER"); } }); if (host.scan(0, -1, [], undefined, 5, false).rows.length !== 0) reject("PAGE");',
      'returned',
    ],
    [
      'huge lengths',
      'const a = []; a.length = 2 ** 32 - 1; host.scan(0, -1, a, undefined, 5, false);',
      'BadValue',
    ],
    ['negative lengths', 'host.scan(0, -1, { length: -1 }, undefined, 5, false);', 'BadValue'],
    [
      'a length that answers',
      'host.scan(0, -1, new Proxy([], { get: (t, k) => (k === "length" ? 2 ** 31 : "x") }), undefined, 5, false);',
      'BadValue',
    ],
    [
      'a species of its own',
      'class U extends Uint8Array { static get [Symbol.species]() { reject("SPECIES"); } get length() { return 2 ** 31; } get byteLength() { return -5; } } if (host.hash(new U(4))[0] !== 4) reject("LENGTH");',
      'returned',
    ],
    [
      'an offset',
      'if (host.hash(new Uint8Array(new ArrayBuffer(64), 60))[0] !== 4) reject("OFFSET");',
      'returned',
    ],
    [
      'a detached buffer',
      'const u = new Uint8Array(8); u.buffer.transfer(); host.hash(u);',
      'BadValue',
    ],
    [
      'an array that shrinks while it is read',
      'const a = ["x", "y"]; Object.defineProperty(a, 0, { get() { a.length = 0; return "x"; } }); host.scan(0, -1, a, undefined, 5, false);',
      'BadValue',
    ],
    [
      'an iterator',
      'const a = ["x"]; a[Symbol.iterator] = () => { reject("ITERATED"); }; host.scan(0, -1, a, undefined, 5, false);',
      'returned',
    ],
    ['toString', 'host.get(0, { id: { toString() { reject("CALLED"); } } });', 'BadValue'],
    [
      'toPrimitive',
      'host.get({ [Symbol.toPrimitive]() { reject("CALLED"); } }, { id: "x" });',
      'BadValue',
    ],
    ['toJSON', 'host.call("a", "b", { toJSON() { reject("CALLED"); } });', 'BadValue'],
    [
      '__proto__ as a field',
      'const o = JSON.parse(\'{"__proto__": {"x": 1}}\'); const r = host.call("a", "b", o); if (!Object.hasOwn(r, "__proto__") || r.x !== undefined || Object.getPrototypeOf(r) !== Object.prototype) reject("PROTO");',
      'returned',
    ],
    [
      'constructor as a field',
      'const r = host.call("a", "b", { constructor: 1, hasOwnProperty: 2 }); if (r.constructor !== 1 || r.hasOwnProperty !== 2) reject("FIELDS");',
      'returned',
    ],
    ['cyclic values', 'const o = {}; o.o = o; host.call("a", "b", o);', 'BadValue'],
    [
      'more arguments than there are parameters',
      'host.get(0, { id: "x" }, ...new Array(1000).fill(1));',
      'returned',
    ],
    [
      'another this',
      'host.get.call(null, 0, { id: "x" }); host.get.apply(globalThis, [0, { id: "x" }]); Reflect.apply(host.get, undefined, [0, { id: "x" }]);',
      'returned',
    ],
    [
      'new',
      'try { new host.get(0, { id: "x" }); reject("MADE"); } catch (e) { if (e.code) throw e; }',
      'returned',
    ],
    [
      'a bound function',
      'if (host.get.bind(1, 0)({ id: "x" }) !== undefined) reject("BOUND");',
      'returned',
    ],
    [
      'a call from a callback',
      '[0].map((t) => host.get(t, { id: "x" })); [2, 1].sort(() => (host.get(0, { id: "x" }), 0)); "a".replace(/a/, () => String(host.get(0, { id: "x" })));',
      'returned',
    ],
    [
      'a call from a getter of the result',
      'return { get x() { host.emit(0, { id: "late" }); } };',
      'returned',
    ],
    [
      'a rope',
      'let s = ""; for (let i = 0; i < 12; i++) s = s + "a" + i; host.get(0, { id: s });',
      'returned',
    ],
    [
      'a slice of a long text',
      'const s = ("x".repeat(10000) + "北京").slice(-30); host.get(0, { id: s });',
      'returned',
    ],
    [
      'embedded zeros',
      'host.put(0, { id: "a\\0b", amount: 1n }, "put"); if (host.get(0, { id: "a\\0b" }).id.length !== 3) reject("ZERO");',
      'returned',
    ],
    ['numbers that are objects', 'host.get(Object(0), { id: "x" });', 'BadValue'],
    ['numbers that are huge', 'host.get(2 ** 53, { id: "x" });', 'BadValue'],
    ['numbers that are not', 'host.get(NaN, { id: "x" });', 'BadValue'],
    ['document.all look-alikes', 'host.get(0, undefined);', 'BadValue'],
    [
      'revoked proxies',
      'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); host.get(0, proxy);',
      'BadValue',
    ],
    [
      'a thrown proxy',
      'throw new Proxy({}, { get() { host.emit(0, { id: "late" }); return "RejectError"; }, getPrototypeOf() { host.emit(0, { id: "late" }); return null; } });',
      'Threw',
    ],
    [
      'a thrown getter',
      'throw { get name() { host.emit(0, { id: "late" }); return "RejectError"; }, get code() { return "X"; } };',
      'Threw',
    ],
    [
      'a thrown error whose prototype lies',
      'Object.defineProperty(Error.prototype, "message", { get() { host.emit(0, { id: "late" }); return "x"; } }); throw new Error();',
      'Threw',
    ],
    [
      'a thrown error whose stack lies',
      'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { host.emit(0, { id: "late" }); return "    at evil (contract.js:1:1)"; } }); throw e;',
      'Threw',
    ],
  ])('%s', (_name, body, expected) => {
    const host = rowHost();
    expect(verdict(runBody(body, { host }))).toMatch(new RegExp(`^${expected}`));
    expect(host.calls.filter(({ name }) => name === 'emit')).toEqual([]);
  });

  test('a stack that lies cannot point anywhere but into the code', () => {
    const outcome = runBody(
      'throw { name: "RejectError", code: "X", stack: "    at a (/etc/passwd:1:1)" };',
    );
    expect(outcome).toMatchObject({ kind: 'rejected', frames: [] });
  });
});
