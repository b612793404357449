import { assert, equalBytes, must } from '@hanse/kit';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Types of values, by their byte. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;

/** A function's signature; types of values as their bytes. */
export type FuncType = { readonly params: readonly number[]; readonly results: readonly number[] };

/** Something that the module imports; anything but a function is refused. */
export type FuncImport = {
  readonly module: string;
  readonly name: string;
  readonly type: number;
};

/** Least and greatest size of a memory or table. */
export type Limits = { readonly min: number; readonly max: number | undefined };

/** A global and its initial value, the bytes of a constant expression with its `end`. */
export type Global = {
  readonly type: number;
  readonly isMutable: boolean;
  readonly init: Uint8Array;
};

/** What is exported: kind 0 function, 1 table, 2 memory, 3 global. */
export type Export = { readonly name: string; readonly kind: number; readonly index: number };

/** Functions that are put into table 0 when the module starts. */
export type Element = { readonly offset: Uint8Array; readonly functions: readonly number[] };

/** Locals in runs of one type, and the instructions with the final `end`. */
export type Code = {
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly body: Uint8Array;
};

/** A WebAssembly module, as far as the instrumenter looks into it. Custom sections are dropped. */
export type WasmModule = {
  readonly types: readonly FuncType[];
  readonly imports: readonly FuncImport[];
  /** Type of each own function. */
  readonly functions: readonly number[];
  readonly tables: readonly Limits[];
  readonly memory: Limits;
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  readonly elements: readonly Element[];
  readonly code: readonly Code[];
  /** Bytes of the sections as they were, if there were any. */
  readonly dataCount: Uint8Array | undefined;
  readonly data: Uint8Array | undefined;
};

const HEADER = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const FUNCREF = 0x70;
const END = 0x0b;

/** Parse a module. Throws for everything that the instrumenter does not know: it must not miss a thing. */
export function parseModule(bytes: Uint8Array): WasmModule {
  assert(equalBytes(bytes.subarray(0, 8), HEADER), 'wasm: no module of version 1');
  const sections = readSections(bytes);
  const section = (id: number): ByteReader => new ByteReader(sections.get(id) ?? EMPTY_LIST);
  assert(!sections.has(8), 'wasm: a start function would run without gas');
  const imports = readAll(section(2), readImport);
  const memories = readAll(section(5), readLimits);
  assert(memories.length === 1, 'wasm: one memory');
  return {
    types: readAll(section(1), readType),
    imports,
    functions: readAll(section(3), (reader) => reader.u32()),
    tables: readAll(section(4), readTable),
    memory: must(memories[0], 'wasm: one memory'),
    globals: readAll(section(6), readGlobal),
    exports: readAll(section(7), readExport),
    elements: readAll(section(9), readElement),
    code: readAll(section(10), readCode),
    dataCount: sections.get(12),
    data: sections.get(11),
  };
}

/** The bytes of a module; the same module always gives the same bytes. */
export function writeModule(module: WasmModule): Uint8Array {
  const out = new ByteWriter().raw(HEADER);
  const section = (id: number, bytes: Uint8Array | undefined): void => {
    if (bytes !== undefined) out.u8(id).u32(bytes.length).raw(bytes);
  };
  const listed = <T>(
    items: readonly T[],
    write: (writer: ByteWriter, item: T) => void,
  ): Uint8Array => {
    const writer = new ByteWriter();
    return writer.list(items, (item) => write(writer, item)).finish();
  };
  section(1, listed(module.types, writeType));
  section(2, listed(module.imports, writeImport));
  section(
    3,
    listed(module.functions, (writer, type) => writer.u32(type)),
  );
  section(
    4,
    listed(module.tables, (writer, limits) => writeLimits(writer.u8(FUNCREF), limits)),
  );
  section(5, listed([module.memory], writeLimits));
  section(6, listed(module.globals, writeGlobal));
  section(7, listed(module.exports, writeExport));
  section(9, listed(module.elements, writeElement));
  section(12, module.dataCount);
  section(10, listed(module.code, writeCode));
  section(11, module.data);
  return out.finish();
}

/** The signature of a function, imported or own. */
export function typeOf(module: WasmModule, func: number): FuncType {
  const type =
    module.imports[func]?.type ?? module.functions[func - module.imports.length] ?? Infinity;
  return must(module.types[type], `wasm: function ${func} has no type`);
}

/** Index of what is exported under a name. */
export function exportedIndex(module: WasmModule, kind: number, name: string): number {
  const found = module.exports.find((one) => one.kind === kind && one.name === name);
  return must(found, `wasm: no export ${name}`).index;
}

const EMPTY_LIST = new Uint8Array([0]);

function readSections(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const reader = new ByteReader(bytes, HEADER.length);
  const sections = new Map<number, Uint8Array>();
  while (!reader.isAtEnd) {
    const id = reader.u8();
    const content = reader.raw(reader.u32());
    if (id === 0) continue;
    assert(id <= 12, `wasm: unknown section ${id}`);
    assert(!sections.has(id), `wasm: section ${id} comes twice`);
    sections.set(id, content);
  }
  return sections;
}

function readAll<T>(reader: ByteReader, read: (reader: ByteReader) => T): readonly T[] {
  const items = reader.list(() => read(reader));
  assert(reader.isAtEnd, 'wasm: bytes are left over in a section');
  return items;
}

function readType(reader: ByteReader): FuncType {
  assert(reader.u8() === 0x60, 'wasm: a type is no function type');
  const types = (): number[] => reader.list(() => reader.u8());
  return { params: types(), results: types() };
}

function writeType(writer: ByteWriter, { params, results }: FuncType): void {
  writer.u8(0x60);
  for (const types of [params, results]) writer.list(types, (type) => writer.u8(type));
}

function readImport(reader: ByteReader): FuncImport {
  const [module, name] = [reader.name(), reader.name()];
  assert(reader.u8() === 0, `wasm: import ${module}.${name} is no function`);
  return { module, name, type: reader.u32() };
}

function writeImport(writer: ByteWriter, one: FuncImport): void {
  writer.name(one.module).name(one.name).u8(0).u32(one.type);
}

function readLimits(reader: ByteReader): Limits {
  const flags = reader.u8();
  assert(flags <= 1, 'wasm: shared or 64-bit memory or table');
  return { min: reader.u32(), max: flags === 1 ? reader.u32() : undefined };
}

function writeLimits(writer: ByteWriter, { min, max }: Limits): void {
  writer.u8(max === undefined ? 0 : 1).u32(min);
  if (max !== undefined) writer.u32(max);
}

function readTable(reader: ByteReader): Limits {
  assert(reader.u8() === FUNCREF, 'wasm: a table of something else than functions');
  return readLimits(reader);
}

/** A constant expression: one constant, then `end`. */
function readConstant(reader: ByteReader): Uint8Array {
  const out = new ByteWriter();
  const opcode = reader.u8();
  out.u8(opcode);
  const copy = (bytesMax: number): void => {
    for (let i = 0; i < bytesMax; i++) {
      const byte = reader.u8();
      out.u8(byte);
      if (byte < 0x80) return;
    }
  };
  if (opcode === 0x41 || opcode === 0x23) copy(5);
  else if (opcode === 0x42) copy(10);
  else if (opcode === 0x43) out.raw(reader.raw(4));
  else if (opcode === 0x44) out.raw(reader.raw(8));
  else assert(false, `wasm: constant expression with opcode ${opcode}`);
  assert(reader.u8() === END, 'wasm: constant expression of more than one constant');
  return out.u8(END).finish();
}

function readGlobal(reader: ByteReader): Global {
  const type = reader.u8();
  const mutability = reader.u8();
  assert(mutability <= 1, 'wasm: unknown mutability');
  return { type, isMutable: mutability === 1, init: readConstant(reader) };
}

function writeGlobal(writer: ByteWriter, { type, isMutable, init }: Global): void {
  writer.u8(type, isMutable ? 1 : 0).raw(init);
}

function readExport(reader: ByteReader): Export {
  const name = reader.name();
  const kind = reader.u8();
  assert(kind <= 3, `wasm: export ${name} of an unknown kind`);
  return { name, kind, index: reader.u32() };
}

function writeExport(writer: ByteWriter, { name, kind, index }: Export): void {
  writer.name(name).u8(kind).u32(index);
}

function readElement(reader: ByteReader): Element {
  assert(reader.u32() === 0, 'wasm: an element segment that is not active in table 0');
  return { offset: readConstant(reader), functions: reader.list(() => reader.u32()) };
}

function writeElement(writer: ByteWriter, { offset, functions }: Element): void {
  writer
    .u32(0)
    .raw(offset)
    .list(functions, (index) => writer.u32(index));
}

function readCode(reader: ByteReader): Code {
  const content = reader.raw(reader.u32());
  const inner = new ByteReader(content);
  const locals = inner.list(() => ({ count: inner.u32(), type: inner.u8() }));
  return { locals, body: content.subarray(inner.offset) };
}

function writeCode(writer: ByteWriter, { locals, body }: Code): void {
  const inner = new ByteWriter();
  inner.list(locals, ({ count, type }) => inner.u32(count).u8(type)).raw(body);
  writer.u32(inner.length).raw(inner.finish());
}
