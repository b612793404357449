import type { XmlNode } from '../tree.ts';
import type { Place } from './problem.ts';

/** A `let`: a name for a value. */
export type LetSource = Place & { readonly name: string; readonly value: string };

/** An `assert` or a `report`. */
export type CheckSource = Place & {
  readonly id: string;
  /** An assert fires when its test is false, a report when it is true. */
  readonly kind: 'assert' | 'report';
  readonly level: 'fatal' | 'warning';
  readonly test: string;
  /** The message without the values it would fill in. */
  readonly text: string;
};

/** A `rule`: what is checked of the nodes that its context matches. */
export type RuleSource = Place & {
  readonly context: string;
  readonly lets: readonly LetSource[];
  readonly checks: readonly CheckSource[];
};

/** A `pattern`: of its rules, the first that matches a node fires for it. */
export type PatternSource = Place & {
  readonly lets: readonly LetSource[];
  readonly rules: readonly RuleSource[];
};

/** A Schematron file, its abstract parts filled in. */
export type SchemaSource = {
  readonly title: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly lets: readonly LetSource[];
  readonly patterns: readonly PatternSource[];
  /** `xsl:function` elements. */
  readonly functions: readonly XmlNode[];
};
