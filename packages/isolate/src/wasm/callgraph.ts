import { must } from '@hanse/kit';
import { ByteReader } from './bytes.ts';
import type { FuncType, WasmModule } from './module.ts';
import { op, readInstruction } from './opcodes.ts';

type Node = { readonly calls: ReadonlySet<number>; readonly indirect: ReadonlySet<string> };

/**
 * Own functions that can call themselves again without any call on the way that moves the stack pointer:
 * nothing would stop their recursion but the machine's own stack, whose depth differs from machine to
 * machine. A call through the table may reach every function in it that has the right type.
 */
export function uncheckedRecursion(module: WasmModule, stackPointer: number): readonly number[] {
  const base = module.imports.length;
  const nodes = new Map<number, Node>();
  for (const [i, { body }] of module.code.entries()) {
    const node = readNode(module, body, stackPointer);
    if (node !== undefined) nodes.set(base + i, node);
  }
  const reachable = tableFunctions(module);
  const edgesOf = (func: number): readonly number[] => {
    const { calls, indirect } = must(nodes.get(func), 'wasm: no such function');
    const targets = new Set(calls);
    for (const type of indirect) for (const one of reachable.get(type) ?? []) targets.add(one);
    return [...targets].filter((target) => nodes.has(target));
  };
  return cyclic([...nodes.keys()], edgesOf);
}

/** Calls of a function, or undefined when it moves the stack pointer: then it is checked itself. */
function readNode(module: WasmModule, body: Uint8Array, stackPointer: number): Node | undefined {
  const reader = new ByteReader(body);
  const calls = new Set<number>();
  const indirect = new Set<string>();
  while (!reader.isAtEnd) {
    const { opcode, first } = readInstruction(reader);
    if (opcode === op.globalSet && first === stackPointer) return undefined;
    if (opcode === op.call) calls.add(first);
    if (opcode === op.callIndirect) indirect.add(signature(module.types[first]));
  }
  return { calls, indirect };
}

/** Functions that lie in the table or whose reference is taken, by signature. */
function tableFunctions(module: WasmModule): ReadonlyMap<string, readonly number[]> {
  const found = new Set(module.elements.flatMap(({ functions }) => functions));
  for (const { body } of module.code) {
    const reader = new ByteReader(body);
    while (!reader.isAtEnd) {
      const { opcode, first } = readInstruction(reader);
      if (opcode === op.refFunc) found.add(first);
    }
  }
  const out = new Map<string, number[]>();
  for (const func of [...found].sort((a, b) => a - b)) {
    const own = module.functions[func - module.imports.length];
    const type = module.imports[func]?.type ?? own;
    const key = signature(type === undefined ? undefined : module.types[type]);
    out.set(key, [...(out.get(key) ?? []), func]);
  }
  return out;
}

function signature(type: FuncType | undefined): string {
  const { params, results } = must(type, 'wasm: no such type');
  return `${params.join()}>${results.join()}`;
}

/** Nodes that lie on a cycle: strongly connected components of more than one node, and self-loops. */
function cyclic(
  nodes: readonly number[],
  edgesOf: (node: number) => readonly number[],
): readonly number[] {
  type Visit = { readonly node: number; readonly edges: readonly number[]; next: number };
  const indexOf = new Map<number, number>();
  const lowOf = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const found: number[] = [];
  const open = (node: number): Visit => {
    indexOf.set(node, indexOf.size);
    lowOf.set(node, indexOf.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, edges: edgesOf(node), next: 0 };
  };
  const lower = (node: number, to: number): void => {
    lowOf.set(node, Math.min(lowOf.get(node) ?? to, to));
  };
  const close = ({ node, edges }: Visit): void => {
    if (lowOf.get(node) !== indexOf.get(node)) return;
    const component = stack.splice(stack.lastIndexOf(node));
    for (const one of component) onStack.delete(one);
    if (component.length > 1 || edges.includes(node)) found.push(...component);
  };
  // Tarjan's algorithm with its own stack: the graph is deeper than the machine's.
  for (const root of nodes) {
    if (indexOf.has(root)) continue;
    const visits = [open(root)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const target = visit.edges[visit.next++];
      if (target === undefined) {
        close(visit);
        visits.pop();
        const parent = visits.at(-1);
        if (parent !== undefined) lower(parent.node, lowOf.get(visit.node) ?? Infinity);
      } else if (!indexOf.has(target)) {
        visits.push(open(target));
      } else if (onStack.has(target)) {
        lower(visit.node, indexOf.get(target) ?? Infinity);
      }
    }
  }
  return found.sort((a, b) => a - b);
}
