/** Programs that try to outlast, outgrow or overflow the engine; bodies of `run(method, args, info, host)`. */
export const adversarial: Readonly<Record<string, string>> = {
  endlessLoop: 'for (;;) {}',
  endlessCalls: 'const f = () => 1; for (;;) f();',
  endlessGenerator: 'function* g() { for (;;) yield 1; } for (const x of g()) void x;',
  generatorStorm: 'for (;;) { function* g() { yield* [1, 2, 3]; } [...g()]; }',
  exceptionStorm: 'for (;;) { try { throw new Error("x"); } catch {} }',
  nestedTry:
    'const f = (n) => { try { if (n) f(n - 1); throw 1; } finally { if (n) f(n - 1); } }; for (;;) try { f(40); } catch {}',
  regexBacktracking: 'for (;;) /^(a+)+$/.test("a".repeat(40) + "b");',
  regexAlternation: '/^(([a-z])+.)+[A-Z]([a-z])+$/.test("a".repeat(200));',
  regexCompile: 'for (let i = 0; ; i++) new RegExp("(a|b)*c{" + (i % 50) + "}[^x]+$", "u");',
  regexLookbehind: '/(?<=(a|aa)+)b/.test("a".repeat(30000));',
  regexUnicodeStorm: 'for (;;) /[\\p{L}\\p{N}]+$/iu.test("äöüß".repeat(500) + "!");',
  bigIntSquare: 'let x = 3n; for (;;) x = x * x;',
  bigIntPower: 'for (let i = 1n; ; i++) 3n ** (i * 1000n);',
  bigIntText: '(3n ** 400000n).toString();',
  bigIntParse: 'BigInt("9".repeat(1000000));',
  bigIntDivide: 'const x = 1n << 200000n; for (;;) x / 3n;',
  bigIntShift: '1n << 1000000000n;',
  joinHuge: 'new Array(1e9) + "";',
  joinNested: 'let a = ["x".repeat(1000)]; for (let i = 0; i < 40; i++) a = [a, a]; String(a);',
  sortHuge:
    'const a = []; for (let i = 0; i < 300000; i++) a.push((i * 7919) % 300007); a.sort(); a.sort((x, y) => y - x);',
  sortLiar:
    'const a = Array.from({ length: 50000 }, (_, i) => i); let n = 0; a.sort(() => (n = (n * 1103515245 + 12345) & 0x7fffffff) % 3 - 1);',
  sortShrinking:
    'const a = Array.from({ length: 20000 }, (_, i) => 20000 - i); a.sort((x, y) => { a.length = 0; a.push(1, 2, 3); return x - y; }); for (;;) a.sort(() => 0);',
  jsonParseDeep: 'JSON.parse("[".repeat(2e5));',
  jsonParseWide: 'JSON.parse("[" + "1,".repeat(2e6) + "1]");',
  jsonStringifyDeep: 'let o = {}; for (let i = 0; i < 1e6; i++) o = { o }; JSON.stringify(o);',
  jsonStringifyWide:
    'const o = {}; for (let i = 0; i < 5000; i++) o["k" + i] = "v".repeat(100); for (;;) JSON.stringify(o);',
  jsonReviver:
    'JSON.parse("[1,2,3,4]", function (k, v) { return typeof v === "number" ? v : JSON.parse("[1,2,3,4]", this.reviver ?? ((a, b) => b)); }); for (;;) JSON.parse("[[1],[2]]", (k, v) => [v, v]);',
  jsonToJson: 'const o = { toJSON() { return { o, p: o }; } }; JSON.stringify(o);',
  proxyChain: 'let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {}); p.x;',
  proxyTraps: 'const p = new Proxy({}, { get: (t, k, r) => r[k + "x"] }); p.a;',
  proxyPrototype:
    'const p = new Proxy({}, { getPrototypeOf: (t) => new Proxy(t, {}) }); for (;;) p instanceof Object;',
  proxySelf:
    'const h = {}; const p = new Proxy(h, h); h.get = p; try { p.x; } catch {} Object.setPrototypeOf(h, p); p.y;',
  recursion: 'const f = () => f() + 1; f();',
  recursionCaught: 'const f = () => { try { f(); } catch { f(); } }; f();',
  recursionCallback: 'const f = () => [1].map(f); f();',
  recursionSort: 'const f = () => [2, 1].sort(f); f();',
  recursionReplace: 'const f = () => "a".replace(/a/, f); f();',
  recursionGetter: 'const o = { get x() { return this.x; } }; o.x;',
  recursionToString: 'const o = { toString() { return `${o}`; } }; `${o}`;',
  recursionValueOf: 'const o = { valueOf: () => o + 1 }; o + 1;',
  recursionApply: 'const f = (...a) => f.apply(null, [...a, 1]); f();',
  recursionBind: 'let f = () => 1; for (let i = 0; i < 200000; i++) f = f.bind(null, i); f();',
  recursionFlat:
    'const a = []; let b = a; for (let i = 0; i < 200000; i++) { const c = []; b.push(c); b = c; } a.flat(Infinity);',
  recursionFlatSelf: 'const a = []; a.push(a, a); a.flat(Infinity);',
  recursionIterator: 'const o = { [Symbol.iterator]() { return [...o]; } }; [...o];',
  recursionRegexParse: 'new RegExp("(".repeat(100000) + ")".repeat(100000));',
  recursionClass:
    'let C = class {}; for (let i = 0; i < 50000; i++) C = class extends C {}; new C();',
  recursionReduce: 'const f = (n) => [1, 2].reduce((a) => f(n + 1) + a); f(0);',
  recursionProxyApply:
    'const p = new Proxy(function () {}, { apply: (t, s, a) => p(...a) }); p(1);',
  recursionCompare:
    'let a = "", b = ""; for (let i = 0; i < 100000; i++) { a = a + "x"; b = "x" + b; } a === b; const o = { [Symbol.toPrimitive]: () => o < o }; o < o;',
  manyLocals: `const f = () => { ${Array.from({ length: 5000 }, (_, i) => `let v${i} = ${i};`).join('')} return f() + v1; }; f();`,
  manyArguments: 'const a = new Array(60000).fill(1); const f = (...x) => f(...x, ...x); f(...a);',
  stringDouble: 'let s = "x"; for (;;) s += s;',
  stringRepeat: '"x".repeat(2 ** 29);',
  stringPad: '"x".padStart(1e9, "abc");',
  stringSlices:
    'const s = "abcdef".repeat(10000); const a = []; for (let i = 0; ; i++) a.push(s.slice(i % 1000));',
  stringReplaceAll: 'let s = "a"; for (;;) s = s.replaceAll("a", "aaaa");',
  stringIndexOf: 'const s = "a".repeat(1000000); for (;;) s.indexOf("a".repeat(1000) + "b");',
  stringNormalize: 'const s = "\\u1e9b\\u0323".repeat(100000); for (;;) s.normalize("NFKD");',
  stringSplit: 'const s = "a,".repeat(500000); for (;;) s.split(",");',
  stringLocale:
    'const s = "äÖ".repeat(1000); for (;;) s.localeCompare(s + "x") + s.toLocaleUpperCase().length;',
  ropeDeep: 'let s = ""; for (let i = 0; i < 500000; i++) s = "ab" + s + "cd"; s.charCodeAt(1000);',
  arrayPush: 'const a = []; for (;;) a.push(a.length);',
  arraySparse: 'const a = []; a[2 ** 32 - 2] = 1; a.reverse();',
  arrayFill: 'new Array(2 ** 31).fill(0);',
  arrayFrom: 'Array.from({ length: 2 ** 40 });',
  arrayUnshift: 'const a = []; for (;;) a.unshift(1, 2, 3);',
  arraySplice: 'const a = new Array(100000).fill(1); for (;;) a.splice(1, 1, 2, 3);',
  arrayConcat: 'let a = [1, 2]; for (;;) a = a.concat(a);',
  arrayIncludes: 'const a = { length: 2 ** 53 - 1 }; Array.prototype.includes.call(a, 1);',
  arrayIndexOfHoles: 'Array.prototype.lastIndexOf.call({ length: 2 ** 52 }, 1);',
  arrayCopyWithin: 'const a = new Array(50000).fill(1); for (;;) a.copyWithin(1, 0);',
  typedArrayHuge: 'new Uint8Array(2 ** 31);',
  typedArrayMany: 'const a = []; for (;;) a.push(new Uint8Array(65536));',
  typedArrayFill: 'const a = new Uint8Array(4000000); for (;;) a.fill(1);',
  typedArraySet: 'const a = new Uint8Array(4000000); for (;;) a.set(a, 0);',
  typedArraySort:
    'const a = new Float64Array(200000).map((_, i) => (i * 7919) % 100003); for (;;) a.sort((x, y) => y - x);',
  bufferTransfer:
    'let b = new ArrayBuffer(8); for (let i = 1; ; i++) b = b.transfer((i * 4096) % 4000000);',
  objectMany: 'const a = []; for (;;) a.push({ a: 1, b: 2, c: [3] });',
  objectProperties: 'const o = {}; for (let i = 0; ; i++) o["p" + i] = i;',
  objectDelete: 'for (;;) { const o = { a: 1, b: 2, c: 3 }; delete o.a; delete o.b; delete o.c; }',
  objectShapes:
    'for (let i = 0; ; i++) { const o = {}; for (let j = 0; j < 8; j++) o["k" + ((i * 31 + j * 17) % 9973)] = j; }',
  objectSpread: 'let o = { a: 1 }; for (let i = 0; ; i++) o = { ...o, ["k" + i]: i };',
  objectSetterStorm: 'const o = { set x(v) { this.x = v; } }; o.x = 1;',
  mapGrow: 'const m = new Map(); for (let i = 0; ; i++) m.set({}, i);',
  mapDelete: 'const m = new Map(); for (let i = 0; ; i++) { m.set(i, i); m.delete(i - 10); }',
  mapSelfGrowing:
    'const m = new Map([[0, 0]]); for (const [k] of m) { m.delete(k); m.set(k + 1, 0); }',
  setForEachGrowing: 'const s = new Set([1]); s.forEach((x) => { s.delete(x); s.add(x + 1); });',
  weakMapCycle:
    'for (;;) { const w = new WeakMap(); let o = {}; for (let i = 0; i < 1000; i++) { const n = {}; w.set(n, o); o = n; } }',
  cyclicGarbage: 'for (;;) { const a = {}; const b = { a }; a.b = b; }',
  symbolMany: 'const a = []; for (let i = 0; ; i++) a.push(Symbol.for("s" + i));',
  classPrivate: 'class A { #x = 1; bump() { return ++this.#x; } } for (;;) new A().bump();',
  classMany: 'for (;;) { class A { static x = 1; y() {} } void A; }',
  closureMany: 'const a = []; for (let i = 0; ; i++) a.push(() => i);',
  promiseStorm: 'const f = async () => { await null; f(); f(); }; f();',
  promiseChain: 'let p = Promise.resolve(); for (;;) p = p.then(() => 1);',
  asyncGenerator: 'async function* g() { for (;;) yield 1; } for (;;) g().next();',
  mathTrig:
    'let x = 0; for (;;) x = Math.sin(x) + Math.cos(x) + Math.pow(1.0001, x) + Math.exp(x % 10);',
  mathHypot: 'const a = new Array(10000).fill(1.5); for (;;) Math.hypot(...a);',
  numberTextStorm:
    'for (let x = 0.1; ; x *= 1.0000001) { x.toString(); x.toFixed(20); x.toPrecision(50); x.toString(3); }',
  numberParse:
    'const s = "1" + "0".repeat(100000) + "e-100000"; for (;;) Number(s) + parseFloat(s);',
  dateStorm: 'for (;;) { try { new Date(); } catch {} }',
  errorStack: 'const f = (n) => (n ? f(n - 1) : new Error("x").stack); for (;;) f(50);',
  errorCause: 'let e = new Error("0"); for (;;) e = new Error("x".repeat(100), { cause: e });',
  templateStorm: 'for (let i = 0; ; i++) `${i}${i}${i}${i}`.length;',
  labelledLoops:
    'a: for (;;) { b: for (let i = 0; i < 3; i++) { if (i === 1) continue a; if (i === 2) break b; } }',
  switchStorm:
    'for (let i = 0; ; i++) switch (i % 7) { case 0: break; case 1: case 2: i++; default: i; }',
  destructuringStorm:
    'for (let i = 0; ; i++) { const [a, { b, ...c }, ...d] = [i, { b: 1, c: 2, d: 3 }, 4, 5]; void [a, b, c, d]; }',
  optionalChains: 'const o = { a: { b: null } }; for (;;) o?.a?.b?.c?.d ?? o.a?.["b"];',
  taggedTemplates: 'const t = (s, ...v) => s.raw.join() + v; for (let i = 0; ; i++) t`a${i}b${i}`;',
  unicodeCase: 'const s = "ŉǰΐΰﬀﬃ".repeat(2000); for (;;) s.toUpperCase().toLowerCase();',
  uriStorm: 'const s = "äö€😀".repeat(2000); for (;;) decodeURIComponent(encodeURIComponent(s));',
  reflectStorm:
    'for (;;) Reflect.ownKeys(Reflect.construct(Array, [1, 2, 3])).concat(Object.entries({ a: 1 }));',
  outOfMemoryCaught:
    'const a = []; for (;;) { try { a.push(new Uint8Array(1000000)); } catch { } }',
  outOfMemoryGrowth:
    'let s = "x".repeat(100000); const a = []; for (;;) { try { a.push(s + a.length, new Uint8Array(100000)); s += "y"; } catch { a.length = 0; } }',
  hostStorm: 'for (let i = 0; ; i++) host.get(0, { id: "k" + (i % 10) });',
  hostHash: 'const b = new Uint8Array(60000); for (;;) host.hash(b);',
  hostEmit: 'for (;;) host.emit(0, { id: "x" });',
  hostCallDeep:
    'let o = 1; for (let i = 0; i < 9; i++) o = [o, o]; for (;;) host.call("other", "m", o);',
};
