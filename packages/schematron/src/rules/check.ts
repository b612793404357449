import { err, ok, type Result } from '@hanse/kit';
import { BudgetSpent, EvaluationFault, type FaultCode } from '../fault.ts';
import type { CheckLimits } from '../limits.ts';
import { pathOf, type NodeKind, type XmlName, type XmlNode, type XmlTree } from '../tree.ts';
import { charge, newEnv, wantedNames, type Env } from '../eval/env.ts';
import { parseXml, type XmlError } from '../xml.ts';
import type { Check, Pack, Pattern, Rule } from './compile.ts';

/** One firing of a check. */
export type Finding = {
  readonly id: string;
  readonly level: 'fatal' | 'warning';
  /** Where in the document, such as `/Invoice/cac:InvoiceLine[2]`. */
  readonly path: string;
};

/** What the rules say of a document. Ids are sorted and unique. */
export type Verdict = {
  readonly fatal: readonly string[];
  readonly warning: readonly string[];
  /** Checks without a result, because their evaluation failed: the document is not wholly checked. */
  readonly unevaluated: readonly { readonly id: string; readonly code: FaultCode }[];
  /** Every firing, in the order of the rules, as far as `findingsMax` goes. */
  readonly findings: readonly Finding[];
  readonly stepsUsed: number;
};

/** Why a document got no verdict. */
export type CheckError =
  | XmlError
  | { readonly code: 'TooManySteps'; readonly message: string; readonly line: number };

/** Check a document, read from bytes or parsed before. */
export function checkDocument(
  pack: Pack,
  document: Uint8Array | XmlTree,
  limits: CheckLimits,
): Result<Verdict, CheckError> {
  const parsed = document instanceof Uint8Array ? parseXml(document, limits) : ok(document);
  if (!parsed.ok) return parsed;
  const run = new Run(pack, parsed.value, limits);
  try {
    return ok(run.verdict());
  } catch (error) {
    // Functions of the rule file that call each other inside long expressions exhaust the stack.
    if (!(error instanceof BudgetSpent || error instanceof RangeError)) throw error;
    const what =
      error instanceof RangeError ? 'nest too deep' : `take over ${limits.stepsMax} steps`;
    return err({ code: 'TooManySteps', message: `the rules ${what}`, line: 0 });
  }
}

/** Rules that can match nodes of one kind and name. */
type Candidates = readonly Rule[];

class Run {
  readonly #pack: Pack;
  readonly #tree: XmlTree;
  readonly #limits: CheckLimits;
  readonly #env: Env;
  /** Number in `Pack.names` of each name of the tree; -1 for names that the rules lack. */
  readonly #known: Int32Array;
  readonly #fired = { fatal: new Set<string>(), warning: new Set<string>() };
  readonly #unevaluated = new Map<string, FaultCode>();
  readonly #findings: Finding[] = [];

  constructor(pack: Pack, tree: XmlTree, limits: CheckLimits) {
    this.#pack = pack;
    this.#tree = tree;
    this.#limits = limits;
    const wanted = wantedNames(pack.names, tree);
    this.#known = new Int32Array(tree.names.length).fill(-1);
    for (const [number, name] of wanted.entries()) if (name >= 0) this.#known[name] = number;
    this.#env = newEnv({ tree, wanted, keptCount: pack.keptCount, stepsMax: limits.stepsMax });
  }

  verdict(): Verdict {
    for (const pattern of this.#pack.patterns) this.#pattern(pattern);
    return {
      fatal: [...this.#fired.fatal].sort(),
      warning: [...this.#fired.warning].sort(),
      unevaluated: [...this.#unevaluated]
        .map(([id, code]) => ({ id, code }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      findings: this.#findings,
      stepsUsed: this.#limits.stepsMax - this.#env.stepsLeft,
    };
  }

  /** For each node, the first rule that matches it fires. */
  #pattern(pattern: Pattern): void {
    const byKind = new Map<NodeKind, (Candidates | undefined)[]>();
    for (const node of this.#tree.nodes) {
      let byName = byKind.get(node.kind);
      if (byName === undefined) byKind.set(node.kind, (byName = []));
      const candidates = (byName[node.name] ??= this.#candidates(pattern, node));
      charge(this.#env, 1);
      const rule = candidates.find((one) => this.#matches(one, node));
      if (rule !== undefined) for (const check of rule.checks) this.#check(check, node);
    }
  }

  /** Names that the rules spell out are looked up once per rule set, others in each document. */
  #candidates({ rules, open, byName }: Pattern, { kind, name }: XmlNode): Candidates {
    const known = this.#known[name] ?? -1;
    const key = `${kind} ${known}`;
    const kept = known < 0 ? undefined : byName.get(key);
    if (kept !== undefined) return kept;
    const expanded: XmlName = this.#tree.names[name] ?? { ns: '', local: '' };
    const candidates = (known < 0 ? open : rules).filter(({ context }) =>
      context.isCandidate(kind, expanded),
    );
    if (known >= 0) byName.set(key, candidates);
    charge(this.#env, 1 + open.length);
    return candidates;
  }

  #matches({ context }: Rule, node: XmlNode): boolean {
    this.#rest(node);
    this.#env.lets = [];
    return context.matches(this.#env, node);
  }

  #check({ id, level, fires }: Check, node: XmlNode): void {
    this.#rest(node);
    try {
      if (!fires(this.#env)) return;
    } catch (error) {
      if (!(error instanceof EvaluationFault)) throw error;
      this.#unevaluated.set(id, this.#unevaluated.get(id) ?? error.code);
      return;
    }
    this.#fired[level].add(id);
    if (this.#findings.length < this.#limits.findingsMax) {
      charge(this.#env, 1 + ((node.parent?.children.length ?? 0) >>> 3));
      this.#findings.push({ id, level, path: pathOf(this.#tree, node) });
    }
  }

  /** Between evaluations: a fault leaves focus, variables and call depth as they were inside. */
  #rest(node: XmlNode): void {
    const env = this.#env;
    env.item = node;
    env.position = 1;
    env.size = 1;
    env.current = node;
    env.variables = [];
    env.callDepth = 0;
  }
}
