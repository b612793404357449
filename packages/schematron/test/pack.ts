import {
  checkLimits,
  compileSchematron,
  type CheckLimits,
  type CompileError,
  type RuleSet,
  type Verdict,
} from '../src/index.ts';

/** A rule file of the tests around its patterns. */
export function schema(inside: string, attributes = 'queryBinding="xslt2"'): string {
  return `<schema xmlns="http://purl.oclc.org/dsdl/schematron"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform" ${attributes}>
  <ns prefix="p" uri="urn:p"/><ns prefix="f" uri="urn:f"/>
  ${inside}
</schema>`;
}

/** A rule file of one pattern with one rule for the root element and one assert `A`. */
export function single(test: string): string {
  return schema(
    `<pattern><rule context="/*"><assert id="A" test="${escapeXml(test)}"/></rule></pattern>`,
  );
}

/** Text as an attribute's value. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Rules that must compile. */
export function compiled(text: string): RuleSet {
  const result = compileSchematron(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** Why rules do not compile. */
export function refusal(text: string): CompileError {
  const result = compileSchematron(text);
  if (result.ok) throw new Error('the rules were compiled');
  return result.error;
}

/** What rules say of a document that must be checkable. */
export function verdictOf(rules: RuleSet, xml: string, limits: CheckLimits = checkLimits): Verdict {
  const result = rules.check(new TextEncoder().encode(xml), limits);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The places where checks fire, as `id path`. */
export function firings(text: string, xml: string): readonly string[] {
  return verdictOf(compiled(text), xml).findings.map(({ id, path }) => `${id} ${path}`);
}
