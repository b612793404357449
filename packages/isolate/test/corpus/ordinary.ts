/** Programs as contracts are, and corners of the language; bodies of `run(method, args, info, host)`. */
export const ordinary: Readonly<Record<string, string>> = {
  nothing: '',
  echoes: 'host.put(0, args, "put"); return host.get(0, args);',
  rejects: 'throw Object.assign(new Error("no"), { name: "RejectError", code: "NO" });',
  rejectsDeep: 'const f = (n) => (n === 0 ? reject("DEEP", "too far " + n) : f(n - 1)); f(12);',
  throwsText: 'throw "plain";',
  throwsNothing: 'throw undefined;',
  throwsNumber: 'throw 0.1 + 0.2;',
  throwsBigInt: 'throw 2n ** 100n;',
  throwsSymbol: 'throw Symbol("s");',
  throwsNative: 'null.x;',
  throwsNamed: 'class Mine extends TypeError { name = "Mine"; } throw new Mine("own");',
  throwsProxy: 'throw new Proxy(new Error("x"), { get() { for (;;); } });',
  throwsGetters:
    'throw { get message() { host.put(0, args, "put"); return "x"; }, get name() { return "RejectError"; }, get code() { return "X"; } };',
  throwsLong: 'throw new Error("😀".repeat(100000));',
  throwsCause: 'try { null.x; } catch (cause) { throw new Error("outer", { cause }); }',
  wrongResult: 'return { id: 5 };',
  wrongKey: 'host.get(0, { id: "\\ud800" });',
  wrongMode: 'host.put(0, args, "upsert");',
  wrongTable: 'host.get(1, args);',
  floats: `const x = [0.1 + 0.2, 1 / 3, -0, NaN, Infinity, Math.PI ** 30, Math.sin(1e22), Math.fround(1.1), 5e-324];
    return { ...args, note: x.map((v) => String(v) + Object.is(v, -0)).join() };`,
  nans: `const f = new Float64Array([NaN, 0 / 0, Infinity - Infinity, Math.sqrt(-1), Math.log(-1), -NaN, Number("x"), 1e308 * 10 - 1e308 * 10]);
    const g = new Float32Array([NaN, 0 / 0, -(0 / 0), Math.fround(NaN)]);
    return { ...args, note: [...new Uint8Array(f.buffer)].join() + "|" + [...new Uint8Array(g.buffer)].join() };`,
  nanBits: `const v = new DataView(new ArrayBuffer(16)); v.setUint32(0, 0xfff80000); v.setUint32(4, 1); v.setFloat64(8, v.getFloat64(0) * 2);
    return { ...args, note: v.getUint32(8).toString(16) + v.getUint32(12).toString(16) };`,
  mathAll: `const names = Object.getOwnPropertyNames(Math).filter((n) => typeof Math[n] === "function" && n !== "sumPrecise").sort();
    let h = 0; for (const n of names) for (const x of [0, 0.5, -1.5, 3, 1e10, 1e-10, 700]) h = (h * 31 + Math.floor(1e6 * (Number.isFinite(Math[n](x, 2)) ? Math[n](x, 2) : 1) % 1e9)) % 1000000007;
    return { ...args, note: names.join() + h };`,
  numberText:
    'return { ...args, note: [1e21, 1e-7, 123456789012345680000, 0.000001, 1.7976931348623157e308].map((x) => [x, x.toFixed(2), x.toExponential(5), x.toString(36)].join()).join(";").slice(0, 2000) };',
  bigIntMath:
    'let a = 1n; for (let i = 1n; i < 60n; i++) a = (a * i + 7n) % (2n ** 127n - 1n); return { ...args, amount: a };',
  bigIntSmall: 'return { ...args, amount: BigInt.asUintN(64, -1n) };',
  bigIntEdges:
    'const out = []; for (const a of [0n, 1n, 255n, 256n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 127n, 2n ** 128n - 1n]) { host.put(0, { ...args, amount: a }, "put"); out.push(host.get(0, args).amount === a); } return { ...args, note: out.join() };',
  bigIntTooBig: 'return { ...args, amount: 2n ** 128n };',
  bigIntNegative: 'return { ...args, amount: -1n };',
  sorting:
    'const a = Array.from({ length: 500 }, (_, i) => ((i * 7919) % 503) + "x"); return { ...args, note: a.sort().slice(0, 40).join() };',
  sortStable:
    'const a = Array.from({ length: 200 }, (_, i) => ({ k: i % 7, i })); return { ...args, note: a.sort((x, y) => x.k - y.k).map((x) => x.i).join() };',
  mapOrder:
    'const m = new Map(); for (let i = 0; i < 100; i++) m.set((i * 37) % 101, i); for (let i = 0; i < 50; i++) m.delete(i); return { ...args, note: [...m.keys()].join() };',
  objectOrder:
    'const o = { b: 1, 10: 1, a: 1, 2: 1, [Symbol.iterator]: 1 }; delete o.b; o.b = 2; return { ...args, note: Object.keys(o).join() };',
  weakMaps:
    'const w = new WeakMap(); let n = 0; for (let i = 0; i < 1000; i++) { const k = {}; w.set(k, i); n += w.get(k); } return { ...args, n };',
  regexes:
    'const r = /(?<y>\\d{4})-(?<m>\\d\\d)/gu; return { ...args, note: [..."2024-01 and 2025-12".matchAll(r)].map((m) => m.groups.y + m.groups.m + m.index).join() };',
  regexUnicode:
    'return { ...args, note: "Straße ÄÖÜ łódź 北京 😀".replace(/\\p{Lu}/gu, (c) => c.toLowerCase()).normalize("NFD") };',
  caseMapping:
    'return { ...args, note: "ŉǰΐﬀﬃİıſß".toUpperCase() + "ΑΣ ΑΣΑ İ".toLowerCase() + "a".localeCompare("B") };',
  jsonBoth:
    'const o = JSON.parse(JSON.stringify({ a: [1, 2.5, "x", null, true], b: { c: "\\u2028\\ud800" } })); return { ...args, note: JSON.stringify(o) };',
  generators:
    'function* g(n) { if (n > 0) { yield n; yield* g(n - 1); } } return { ...args, note: [...g(50)].join() };',
  iterators:
    'return { ...args, note: [1, 2, 3, 4].values().map((x) => x * 2).filter((x) => x > 2).take(2).toArray().join() };',
  classes: `class A { #x = 1; static s = 5; get x() { return this.#x; } set x(v) { this.#x = v; } static { A.s++; } }
    class B extends A { constructor() { super(); this.x = A.s; } toString() { return "B" + this.x; } } return { ...args, note: String(new B()) };`,
  destructuring:
    'const { a = 1, ...rest } = { b: 2, c: 3 }; const [x, , y = 9, ...z] = [1, 2, undefined, 4, 5]; return { ...args, note: JSON.stringify([a, rest, x, y, z]) };',
  closures:
    'const fs = []; for (let i = 0; i < 10; i++) fs.push(() => i * i); return { ...args, note: fs.map((f) => f()).join() };',
  labels:
    'let s = ""; a: for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) { if (j === 3) continue a; if (i === 3) break a; s += i * j; } return { ...args, note: s };',
  finallyOrder:
    'const log = []; const f = () => { try { log.push(1); return log.push(2); } finally { log.push(3); } }; f(); return { ...args, note: log.join() };',
  asyncLeft: 'const f = async () => { await 1; }; f();',
  asyncSettled: 'const f = async () => 1; f();',
  promiseLeft: 'Promise.resolve().then(() => 1);',
  rejectionCaught: 'Promise.reject(new Error("x")).catch(() => 1);',
  rejectionAsync: 'const f = async () => reject("NO"); f();',
  rejectionLeft: 'Promise.reject(new Error("x"));',
  datesGone:
    'return { ...args, note: [typeof Date, typeof Math.random, typeof performance, typeof setTimeout, typeof WeakRef, typeof Atomics, typeof Intl].join() };',
  evalGone:
    'const out = []; for (const f of [() => eval("1"), () => new Function("return 1")(), () => (async () => {}).constructor("return 1"), () => (function* () {}).constructor("yield 1")]) { try { out.push(String(f())); } catch (e) { out.push(e.name); } } return { ...args, note: out.join() };',
  globalsList: 'return { ...args, note: Object.getOwnPropertyNames(globalThis).sort().join() };',
  errorsText:
    'const out = []; for (const f of [() => x, () => null.y, () => (1)(), () => new (class { constructor() { this.#z; } #z })(), () => 1n + 1, () => JSON.parse("{"), () => decodeURI("%"), () => new Array(-1), () => "x".repeat(-1), () => Symbol() + ""]) { try { f(); } catch (e) { out.push(e.name + e.message); } } return { ...args, note: out.join("|") };',
  stackText:
    'const f = (n) => (n === 0 ? new Error("x").stack : f(n - 1)); return { ...args, note: f(3) };',
  symbols:
    'return { ...args, note: [Symbol("a").toString(), Symbol.for("b").description, Symbol.keyFor(Symbol.for("c"))].join() };',
  proxies:
    'const log = []; const p = new Proxy({}, { get: (t, k) => (log.push(String(k)), 1), has: (t, k) => (log.push("has"), true) }); p.a; "b" in p; return { ...args, note: log.join() };',
  typedArrays:
    'const b = new ArrayBuffer(16); new DataView(b).setBigInt64(0, -5n, true); return { ...args, note: new Uint8Array(b).join() + new Int16Array(b).join() + new BigUint64Array(b)[0] };',
  detached:
    'const b = new ArrayBuffer(8); const u = new Uint8Array(b); b.transfer(); host.hash(u);',
  hashes: 'return { ...args, note: [...host.hash(new Uint8Array(100))].join() };',
  hostCalls:
    'return { ...args, note: JSON.stringify(host.call("other", "method", { a: 1, b: [true, null, "x"], c: undefined })) };',
  hostPages:
    'for (let i = 0; i < 30; i++) host.put(0, { ...args, id: "row" + i, n: i }, "insert"); const p = host.scan(0, -1, [], undefined, 100, false); return { ...args, n: p.rows.length, note: p.rows.map((r) => r.n).join() };',
  hostRemove:
    'host.put(0, args, "insert"); const a = host.remove(0, args); const b = host.remove(0, args); return { ...args, note: a + "," + b + "," + host.get(0, args) };',
  hostEvents: 'for (let i = 0; i < 20; i++) host.emit(0, { id: "e" + i, n: i });',
  hostGone:
    'delete globalThis.hanse; const out = []; for (const f of [() => { "use strict"; hanse.host.get = 1; }, () => { hanse.define({}); }]) { try { f(); out.push("ok"); } catch (e) { out.push(e.name); } } return { ...args, note: out.join() };',
  hostBorrowed:
    'const { get } = hanse.host; return { ...args, note: String(get.call(null, 0, args)) + get.name + get.length };',
  infoSeen: 'return { ...args, note: JSON.stringify({ ...info, txid: [...info.txid] }) };',
  garbage:
    'let last; for (let i = 0; i < 3000; i++) { const a = { i }; const b = { a }; a.b = b; last = b; } return { ...args, n: last.a.i };',
  longRow:
    'host.put(0, { ...args, note: "ü".repeat(1900) }, "put"); return { ...args, n: host.get(0, args).note.length };',
  overlongText: 'return { ...args, note: "x".repeat(5000) };',
  reentry:
    'const seen = []; const o = { toString() { seen.push(host.get(0, args) === undefined); return "x"; } }; `${o}${o}`; return { ...args, note: seen.join() };',
  sieve:
    'const s = new Uint8Array(5000); let n = 0; for (let i = 2; i < 5000; i++) { if (s[i]) continue; n++; for (let j = i * i; j < 5000; j += i) s[j] = 1; } return { ...args, n };',
  matrix:
    'const a = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => i * j + 1)); let s = 0; for (let i = 0; i < 20; i++) for (let j = 0; j < 20; j++) for (let k = 0; k < 20; k++) s = (s + a[i][k] * a[k][j]) % 1000003; return { ...args, n: s };',
};
