import { encode, t } from '@hanse/codec';
import { HostRefusal, type RunOutcome } from '@hanse/vm';
import { describe, expect, test } from 'vitest';
import { codeOf, infoOf, type Offer } from '../test/contracts.ts';
import { isolate, mustLoad, plainOffer, row, rowHost, runBody, verdict } from '../test/rig.ts';
import { createIsolate } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function loadVerdict(code: string | Uint8Array, gasLimit = 5_000_000): string {
  const loaded = isolate().load(typeof code === 'string' ? bytes(code) : code, gasLimit);
  return loaded.kind === 'loaded' ? 'loaded' : `${loaded.failure}: ${loaded.message}`;
}

describe('loading', () => {
  test('gives the manifest as canonical JSON, and the same program each time', () => {
    const code = bytes(
      'hanse.define({ manifest: { tables: [], name: "x", b: [1.0, "\\u00e9"], methods: [], events: [] }, run() {} })',
    );
    const [first, second] = [
      isolate().load(code, 1_000_000),
      createIsolate().load(code, 1_000_000),
    ];
    expect(first).toEqual(second);
    const manifest = first.kind === 'loaded' ? first.program.manifest : new Uint8Array();
    expect(new TextDecoder().decode(manifest)).toBe(
      '{"b":[1,"é"],"events":[],"methods":[],"name":"x","tables":[]}',
    );
  });

  test.each([
    ['', 'BadCode: it does not call hanse.define with a contract'],
    ['x y', "BadCode: SyntaxError: expecting ';'"],
    ['import "x"', 'BadCode: SyntaxError'],
    ['export default 1', 'BadCode: SyntaxError'],
    ['with ({}) {}', 'BadCode: SyntaxError'],
    ['throw new TypeError("at load")', 'Threw: TypeError: at load'],
    ['hanse.define()', 'BadCode: it does not call'],
    ['hanse.define({ manifest: {} })', 'BadCode: it does not call'],
    ['hanse.define({ run() {} })', 'BadCode: it does not call'],
    ['hanse.define({ manifest: {}, run: 1 })', 'BadCode: it does not call'],
    ['hanse.define(new Proxy({ manifest: {}, run() {} }, {}))', 'BadCode: it does not call'],
    ['hanse.define({ manifest: () => 1, run() {} })', 'BadCode: it does not call'],
    ['hanse.define({ get manifest() { return {}; }, run() {} })', 'BadValue'],
    [
      'hanse.define({ manifest: { toJSON() { throw new Error("no") } }, run() {} })',
      'Threw: Error: no',
    ],
    ['hanse.define({ manifest: "\\ud800", run() {} })', 'BadCode: its manifest'],
    ['hanse.define({ manifest: "x".repeat(70000), run() {} })', 'BadCode: it does not call'],
    [
      'const c = { manifest: {}, run() {} }; hanse.define(c); hanse.define(c)',
      'BadCode: it defines two',
    ],
    ['hanse.host.hash(new Uint8Array(1))', 'BadCode: the code calls its host'],
    ['(async () => { await 1; })(); hanse.define({ manifest: {}, run() {} })', 'Unfinished'],
    ['for (;;) {}', 'OutOfGas'],
    ['const a = []; for (;;) a.push(new Uint8Array(1e6))', 'OutOfMemory'],
    ['(function f() { f(); })()', 'StackOverflow'],
    ['('.repeat(50_000), 'StackOverflow'],
    ['['.repeat(50_000), 'StackOverflow'],
    ['-'.repeat(2).concat('!'.repeat(50_000), '1'), 'StackOverflow'],
    ['`${'.repeat(20_000), 'StackOverflow'],
    ['x = a => '.repeat(20_000), 'StackOverflow'],
  ])('%.60s', (code, message) => {
    expect(loadVerdict(code)).toContain(message);
  });

  test('of bytes that are not UTF-8 is refused', () => {
    expect(loadVerdict(new Uint8Array([0x22, 0xff, 0x22]))).toBe('BadCode: it is not UTF-8');
  });

  test('points at the line that is no JavaScript', () => {
    const loaded = isolate().load(bytes('const a = 1;\nconst b = ;\n'), 1_000_000);
    expect(loaded).toMatchObject({ kind: 'failed', frames: [{ line: 2, column: 11 }] });
  });

  test('costs gas by the size of the code', () => {
    const gasOf = (count: number): number => {
      const loaded = isolate().load(codeOf(plainOffer, 'x => x;'.repeat(count)), 50_000_000);
      return loaded.kind === 'loaded' ? loaded.gas : 0;
    };
    expect(gasOf(2_000)).toBeGreaterThan(5 * gasOf(10));
  });

  test('of a manifest that breaks a rule still gives the program, whose methods fail', () => {
    const program = mustLoad(bytes('hanse.define({ manifest: { methods: 1 }, run() {} })'));
    const request = { method: 0, args: new Uint8Array(), info: infoOf(), gasLimit: 10_000 };
    expect(isolate().run(program, request, rowHost().hostOf)).toMatchObject({
      kind: 'failed',
      failure: 'BadCode',
    });
  });
});

describe('a run', () => {
  test('returns canonical bytes and uses gas', () => {
    const offer: Offer = {
      methods: { run: { args: t.struct({ a: t.int() }), returns: t.struct({ b: t.int() }) } },
    };
    const args = encode(t.struct({ a: t.int() }), { a: 20 });
    const outcome = runBody('return { b: args.a * 2 + 2 };', { offer, args });
    expect(outcome).toMatchObject({ kind: 'returned' });
    const result = outcome.kind === 'returned' ? outcome.result : new Uint8Array();
    expect(result).toEqual(encode(t.struct({ b: t.int() }), { b: 42 }));
    expect(outcome.gas).toBeGreaterThan(0);
  });

  test('begins from the pristine image: nothing a run changes is seen by the next', () => {
    const code = codeOf(
      plainOffer,
      `globalThis.count = (globalThis.count ?? 0) + 1;
       Array.prototype.leak = 1; Object.prototype.x = 2; table.push(1);
       if (globalThis.count !== 1 || table.length !== 1) reject("SEEN");`,
      'const table = [];',
    );
    const program = mustLoad(code);
    const request = { method: 0, args: new Uint8Array(), info: infoOf(), gasLimit: 100_000 };
    const outcomes = Array.from({ length: 5 }, () =>
      isolate().run(program, request, rowHost().hostOf),
    );
    expect(new Set(outcomes.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(outcomes[0]?.kind).toBe('returned');
  });

  test('uses exactly the gas it says: one less is not enough', () => {
    const program = mustLoad(
      codeOf(plainOffer, 'let s = ""; for (let i = 0; i < 50; i++) s += i;'),
    );
    const run = (gasLimit: number): RunOutcome =>
      isolate().run(
        program,
        { method: 0, args: new Uint8Array(), info: infoOf(), gasLimit },
        rowHost().hostOf,
      );
    const { gas } = run(1_000_000);
    expect(run(gas)).toMatchObject({ kind: 'returned', gas });
    expect(run(gas - 1)).toMatchObject({ kind: 'failed', failure: 'OutOfGas', gas: gas - 1 });
    expect(run(0)).toMatchObject({ kind: 'failed', failure: 'OutOfGas', gas: 0 });
  });

  test('that rejects carries code, message and where', () => {
    const outcome = runBody('const check = () => reject("NOT_YOURS", "only the buyer");\ncheck();');
    expect(outcome).toMatchObject({
      kind: 'rejected',
      code: 'NOT_YOURS',
      message: 'only the buyer',
      frames: [{ name: 'RejectError' }, { name: 'reject' }, { name: 'check' }, { name: 'run' }],
    });
    const frames = outcome.kind === 'rejected' ? outcome.frames : [];
    expect((frames[3]?.line ?? 0) - (frames[2]?.line ?? 0)).toBe(1);
  });

  test.each([
    ['throw new RangeError("r")', 'Threw: RangeError: r'],
    ['throw "text"', 'Threw: text'],
    ['throw { message: "m" }', 'Threw: m'],
    ['throw Object.assign(new Error("m"), { code: "X" })', 'Threw: Error: m'],
    [
      'throw Object.assign(new Error("m"), { name: "RejectError", code: 1 })',
      'Threw: RejectError: m',
    ],
    ['throw { name: "RejectError", code: "X", message: "m" }', 'rejected X: m'],
    ['throw Object.create(new RejectError("X", "m"))', 'Threw'],
    ['undefined.x', 'Threw: TypeError'],
    ['eval("1")', 'Threw: TypeError'],
    ['new Date()', 'Threw: ReferenceError'],
    ['return 1', 'BadValue: the result is not a plain object'],
    ['return (async () => ({}))()', 'BadValue: the result is not a plain object'],
    ['(async () => { await 0; })()', 'Unfinished'],
    ['(async () => reject("NO"))()', 'Unfinished'],
  ])('%s', (body, message) => {
    expect(verdict(runBody(body))).toContain(message);
  });

  test('that is cut off says where it was', () => {
    const outcome = runBody('const spin = () => {\n  for (;;) (() => 1)();\n};\nspin();', {
      gasLimit: 100_000,
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: 'OutOfGas',
      gas: 100_000,
      frames: [{ name: 'spin' }, { name: 'run' }],
    });
  });

  test.each([
    ['for (;;) { try { for (;;) {} } catch {} finally { continue; } }', 'OutOfGas'],
    ['try { const f = () => f(); f(); } catch {}', 'StackOverflow'],
    ['const a = []; for (;;) try { a.push(new Uint8Array(1e6)); } catch { break; }', 'OutOfMemory'],
    ['try { "x".repeat(2 ** 29); } catch {}', 'OutOfMemory'],
  ])('cannot catch its end: %s', (body, failure) => {
    expect(verdict(runBody(body))).toContain(failure);
  });
});

describe('functions of the host', () => {
  test('get values as canonical bytes, and give them back', () => {
    const host = rowHost();
    const body = `
      host.put(0, { id: "a", amount: 1n }, "insert");
      host.put(0, { id: "b", amount: 2n, note: "ü", extra: 1 }, "put");
      const b = host.get(0, { id: "b", other: 1 });
      if (b.note !== "ü" || b.amount !== 2n || "extra" in b) reject("GET");
      if (host.get(0, { id: "c" }) !== undefined) reject("ABSENT");
      host.emit(0, { id: "a" });
      const page = host.scan(0, 0, [2n], new Uint8Array([1]), 10, true);
      if (page.rows.length !== 2 || page.next.join() !== "7,8") reject("SCAN");
      if ("next" in host.scan(0, -1, [], undefined, 1, false)) reject("NEXT");
      if (host.remove(0, { id: "a" }) !== true || host.remove(0, { id: "a" }) !== false) reject("REMOVE");
      if (host.hash(new Uint8Array(3))[31] !== 3) reject("HASH");
      if (host.deposit(new Uint8Array(32)) !== undefined) reject("DEPOSIT");
      const answer = host.call("other", "method", { a: [1, null, "x", true], b: 2n ** 100n, c: new Uint8Array([5]) });
      if (JSON.stringify(answer.a) !== '[1,null,"x",true]' || answer.b !== 2n ** 100n || answer.c[0] !== 5) reject("CALL");`;
    const pages: unknown[] = [];
    host.page = (scan) => {
      pages.push(scan);
      const next = scan.index === 0 ? new Uint8Array([7, 8]) : undefined;
      return { rows: [...host.rows.values()], next };
    };
    expect(verdict(runBody(body, { host }))).toBe('returned');
    expect(host.calls.find(({ name }) => name === 'put')?.args).toEqual([
      0,
      encode(row, { id: 'a', amount: 1n, note: undefined }),
      'insert',
    ]);
    expect(pages[0]).toEqual({
      index: 0,
      prefix: [encode(t.amount, 2n)],
      after: new Uint8Array([1]),
      limit: 10,
      reverse: true,
    });
    expect(pages[1]).toMatchObject({ index: -1, prefix: [], after: undefined });
  });

  test.each([
    ['host.get(1, { id: "x" })', 'table is not an integer from 0 to 0'],
    ['host.get(-1, { id: "x" })', 'table is not an integer'],
    ['host.get("0", { id: "x" })', 'table is not an integer'],
    ['host.get(0)', 'key is not a plain object'],
    ['host.get()', 'table is not an integer'],
    ['host.get(0, {})', 'key.id is not text'],
    ['host.put(0, { id: "x" }, "put")', 'row.amount is not an amount'],
    ['host.put(0, { id: "x", amount: 1n }, "set")', 'mode is not one of'],
    ['host.put(0, { id: "x", amount: 1n })', 'mode is not text'],
    ['host.put(0, { id: "x".repeat(41), amount: 1n }, "put")', 'row.id has 41 bytes of text'],
    ['host.emit(1, {})', 'event is not an integer from 0 to 0'],
    ['host.scan(0, 1, [], undefined, 10, false)', 'index is not an integer from -1 to 0'],
    ['host.scan(0, -1, ["a", "b"], undefined, 10, false)', 'prefix has 2 parts, limit 1'],
    ['host.scan(0, -1, [1], undefined, 10, false)', 'prefix[0] is not text'],
    ['host.scan(0, -1, {}, undefined, 10, false)', 'prefix is not an array'],
    ['host.scan(0, -1, [], null, 10, false)', 'after is not a Uint8Array'],
    ['host.scan(0, -1, [], new Uint8Array(513), 10, false)', 'after has more than'],
    ['host.scan(0, -1, [], undefined, 101, false)', 'limit is not an integer from 1 to 100'],
    ['host.scan(0, -1, [], undefined, 1e99, false)', 'limit is not an integer'],
    ['host.scan(0, -1, [], undefined, 10, 1)', 'reverse is no boolean'],
    ['host.call("x".repeat(65), "m", {})', 'contract is too long'],
    ['host.call("x", "m", () => 1)', 'args is not a plain object'],
    ['host.call("x", "m", { a: Symbol() })', 'args is no value for another contract'],
    ['host.call("x", "m", 0.5)', 'args is no value for another contract'],
    ['const a = {}; a.a = a; host.call("x", "m", a)', 'args is deeper than 10 levels'],
    ['host.call("x", "m", new Array(5000).fill(0))', 'args has more than 4096 parts'],
    ['host.call("x", "m", "x".repeat(70000))', 'args has more than 65536 bytes'],
    ['host.call("x", "m", new Proxy({}, {}))', 'args is not a plain object'],
    ['host.call("x", "m", { get a() { return 1; } })', 'args is computed by a getter'],
    ['host.call("x", "m", { ["\\ud800"]: 1 })', 'args has a name with a lone surrogate'],
    ['host.call("x", "m", -1n)', 'args is not an amount'],
    ['host.deposit("x")', 'id is not a Uint8Array'],
    ['host.hash(new Uint8Array(65537))', 'bytes has more than 65536 bytes'],
    ['hanse.define({})', 'is no function of the host'],
  ])('end the run for a wrong argument: %s', (body, message) => {
    expect(verdict(runBody(`try { ${body} } catch {}`))).toContain(`BadValue: ${message}`);
  });

  test('end the run with a refusal that no code can catch', () => {
    const host = rowHost();
    const refusing = {
      ...host,
      hostOf: (meter: Parameters<typeof host.hostOf>[0]) => ({
        ...host.hostOf(meter),
        put: () => {
          throw new HostRefusal({ code: 'Malformed', params: { reason: 'x' } });
        },
      }),
    };
    const body = `for (;;) { try { host.put(0, { id: "a", amount: 1n }, "put"); } catch {} finally { host.emit(0, { id: "after" }); } }`;
    const outcome = runBody(body, { host: refusing });
    expect(outcome).toMatchObject({
      kind: 'refused',
      refusal: { code: 'Malformed', params: { reason: 'x' } },
    });
    expect(host.calls).toEqual([]);
  });

  test('charge the gas of the run, and end it when there is too little', () => {
    const program = mustLoad(
      codeOf(plainOffer, 'host.emit(0, { id: "a" }); host.emit(0, { id: "b" });'),
    );
    const request = { method: 0, args: new Uint8Array(), info: infoOf(), gasLimit: 100_000 };
    const run = (price: number): { outcome: RunOutcome; left: number[] } => {
      const left: number[] = [];
      const outcome = isolate().run(program, request, (meter) => ({
        ...rowHost().hostOf(meter),
        emit: () => {
          const before = meter.left;
          meter.charge(price);
          left.push(before - meter.left);
        },
      }));
      return { outcome, left };
    };
    const [cheap, dear] = [run(10), run(1_010)];
    expect(cheap.left).toEqual([10, 10]);
    expect(dear.outcome.gas - cheap.outcome.gas).toBe(2_000);
    expect(run(60_000)).toMatchObject({
      outcome: { kind: 'failed', failure: 'OutOfGas', gas: 100_000 },
      left: [60_000],
    });
  });

  test('may run other programs of the isolate meanwhile, each from its own image', () => {
    const outer = mustLoad(
      codeOf(
        plainOffer,
        `globalThis.mine = "outer"; const r = host.call("inner", "run", {});
         if (mine !== "outer" || r.depth !== 6) reject("MIXED", String(r.depth));`,
      ),
    );
    const returns = t.struct({ depth: t.int() });
    const inner = mustLoad(
      codeOf(
        { methods: { run: { args: t.struct({}), returns } } },
        `if (globalThis.mine !== undefined) reject("LEAK"); globalThis.mine = "inner";
         const r = host.call("inner", "run", {}); return { depth: r.depth + 1 };`,
      ),
    );
    let depth = 0;
    const request = { method: 0, args: new Uint8Array(), info: infoOf(), gasLimit: 200_000 };
    const host = rowHost();
    host.answer = () => {
      if (++depth === 7) return { depth: 0 };
      const outcome = isolate().run(inner, request, host.hostOf);
      return { depth: outcome.kind === 'returned' ? (outcome.result[7] ?? 0) : -100 };
    };
    expect(verdict(isolate().run(outer, request, host.hostOf))).toBe('returned');
  });

  test('that break are faults of the node, not of the code', () => {
    const broken = { ...rowHost() };
    const fault = (emit: () => void) => (): unknown =>
      runBody('try { host.emit(0, { id: "a" }); } catch {}', {
        host: { ...broken, hostOf: (meter) => ({ ...broken.hostOf(meter), emit }) },
      });
    expect(
      fault(() => {
        throw new RangeError('Maximum call stack size exceeded');
      }),
    ).toThrow('Maximum call stack');
    broken.rows.set('0/0178', new Uint8Array([1]));
    const host = { ...broken, rows: broken.rows };
    expect(() => runBody('host.get(0, { id: "x" });', { host })).toThrow('the host gave a value');
    // The machine is as good as before.
    expect(verdict(runBody(''))).toBe('returned');
  });
});
