import { err, ok, type Result } from '@hanse/kit';
import type { XmlNode } from '../tree.ts';
import { compile } from '../eval/compile.ts';
import { aside, attempt, fromItems, valueOf, type Code, type Env } from '../eval/env.ts';
import { newShared, type Scope, type Variable } from '../eval/scope.ts';
import { parseExpression } from '../xpath/parse.ts';
import { declareFunctions } from './functions.ts';
import { compileContext, type ContextMatcher } from './match.ts';
import { at, PackRefused, type CompileError } from './problem.ts';
import { readSchema } from './read.ts';
import type { CheckSource, LetSource, PatternSource, RuleSource } from './schema.ts';

/** A compiled check. */
export type Check = {
  readonly id: string;
  readonly level: CheckSource['level'];
  readonly text: string;
  /** Whether the check fires for the context node. */
  readonly fires: (env: Env) => boolean;
};

/** A compiled rule. */
export type Rule = { readonly context: ContextMatcher; readonly checks: readonly Check[] };

/** A compiled pattern. */
export type Pattern = {
  readonly rules: readonly Rule[];
  /** Rules that can match nodes whose names the rule file does not spell out. */
  readonly open: readonly Rule[];
  /** Rules by kind of node and number of its name in `Pack.names`, filled in as they are needed. */
  readonly byName: Map<string, readonly Rule[]>;
};

/** Compiled patterns and the sizes of the tables that a check of a document needs. */
export type Pack = {
  readonly title: string;
  readonly patterns: readonly Pattern[];
  /** Expanded names in the order of `Env.wanted`, as `ns local`. */
  readonly names: readonly string[];
  readonly keptCount: number;
};

/** Compile the text of a Schematron file; the first thing that is not supported refuses it. */
export function compilePack(text: string): Result<Pack, CompileError> {
  try {
    return ok(new PackCompiler().compile(text));
  } catch (error) {
    if (error instanceof PackRefused) return err(error.error);
    throw error;
  }
}

class PackCompiler {
  readonly #shared = newShared();
  #prefixes: ReadonlyMap<string, string> = new Map();
  #lets = 0;

  compile(text: string): Pack {
    const { source, reader } = readSchema(text);
    this.#prefixes = source.prefixes;
    const empty: Scope = { shared: this.#shared, variables: new Map(), depth: 0, globals: '' };
    const compileBodies = declareFunctions(source.functions, reader, source.prefixes, empty);
    let scope = this.#withLets(source.lets, empty, true);
    compileBodies(scope);
    const patterns: Pattern[] = [];
    for (const [index, pattern] of source.patterns.entries()) {
      scope = this.#patternScope(pattern, index, scope);
      patterns.push(this.#pattern(pattern, scope));
    }
    return {
      title: source.title,
      patterns,
      names: this.#shared.names(),
      keptCount: this.#shared.keptCount(),
    };
  }

  /** Patterns that follow see the variables of a pattern, too, as they do in XSLT. */
  #patternScope({ lets }: PatternSource, index: number, scope: Scope): Scope {
    const own = lets.length === 0 ? scope : { ...scope, globals: `pattern ${index}` };
    return this.#withLets(lets, own, true);
  }

  #pattern({ rules: sources }: PatternSource, scope: Scope): Pattern {
    const rules = sources.map((rule) => this.#rule(rule, scope));
    return { rules, open: rules.filter(({ context }) => context.isOpen), byName: new Map() };
  }

  #rule(rule: RuleSource, scope: Scope): Rule {
    const context = at(rule, () =>
      compileContext(parseExpression(rule.context, this.#prefixes), scope),
    );
    const inner = this.#withLets(rule.lets, scope, false);
    return { context, checks: rule.checks.map((check) => this.#check(check, inner)) };
  }

  #check(source: CheckSource, scope: Scope): Check {
    const { id, level, text } = source;
    const { test } = at(source, () => this.#expression(source.test, scope));
    return { id, level, text, fires: source.kind === 'assert' ? (env) => !test(env) : test };
  }

  #expression(text: string, scope: Scope): Code {
    return compile(parseExpression(text, this.#prefixes), scope);
  }

  /** Each `let` sees those before it. */
  #withLets(lets: readonly LetSource[], scope: Scope, isGlobal: boolean): Scope {
    return lets.reduce((before, source, index) => {
      const code = at(source, () => this.#expression(source.value, before));
      const variable: Variable = isGlobal
        ? { code: globalLet(code, this.#shared.keepSlot(`let ${this.#lets++}`)), isGlobal }
        : { code: ruleLet(code, index), isGlobal };
      return { ...before, variables: new Map(before.variables).set(source.name, variable) };
    }, scope);
  }
}

/** The value of a `let` of the schema or a pattern: evaluated at the document, once. */
function globalLet(code: Code, slot: number): Code {
  return letCode(
    code,
    (env) => env.kept,
    slot,
    (env) => env.tree.document,
  );
}

/** The value of a `let` of a rule: evaluated at the node that the rule fires for, once. */
function ruleLet(code: Code, slot: number): Code {
  return letCode(
    code,
    (env) => env.lets,
    slot,
    (env) => env.current,
  );
}

function letCode(
  code: Code,
  table: (env: Env) => Env['lets'],
  slot: number,
  node: (env: Env) => XmlNode | undefined,
): Code {
  return fromItems((env) => {
    const values = table(env);
    const known = values[slot];
    if (known !== undefined) return valueOf(known);
    const result = attempt(() => aside(env, node(env), () => code.items(env)));
    values[slot] = result;
    return valueOf(result);
  });
}
