import { describe, expect, it } from 'vitest';
import { checkLimits, parseXml, type CheckLimits } from '../src/index.ts';
import { compiled, schema, single } from './pack.ts';
import { evaluate } from './evaluate.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function outcome(test: string, xml: string, limits: CheckLimits = checkLimits): string {
  const result = compiled(single(test)).check(bytes(xml), limits);
  if (!result.ok) return result.error.code;
  return result.value.unevaluated[0]?.code ?? (result.value.fatal.length > 0 ? 'fired' : 'passed');
}

describe('documents over a bound', () => {
  it.each([
    ['bytes', `<a>${'x'.repeat(2_000)}</a>`, 'DocumentTooLarge'],
    ['depth', `${'<a>'.repeat(30)}${'</a>'.repeat(30)}`, 'DocumentTooDeep'],
    ['nodes', `<a>${'<b/>'.repeat(200)}</a>`, 'TooManyNodes'],
    [
      'attributes',
      `<a ${Array.from({ length: 120 }, (_, i) => `k${i}=""`).join(' ')}/>`,
      'TooManyNodes',
    ],
  ])('%s', (_, xml, code) => {
    const limits = { ...checkLimits, bytesMax: 1_800, depthMax: 20, nodesMax: 100 };
    expect(outcome('true()', xml, limits)).toBe(code);
  });

  it('refuses 100,000 nested elements without building them', () => {
    expect(outcome('true()', '<a>'.repeat(100_000))).toBe('DocumentTooDeep');
  });
});

describe('documents that are no documents', () => {
  it.each([
    ['<!DOCTYPE a><a/>', 'DoctypeRefused'],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'DoctypeRefused'],
    ['<a>&x;</a>', 'NotWellFormed'],
    ['<a/><b/>', 'NotWellFormed'],
    ['<a><b></a></b>', 'NotWellFormed'],
    ['<a', 'NotWellFormed'],
    ['', 'NotWellFormed'],
    ['text', 'NotWellFormed'],
    ['<p:a/>', 'NotWellFormed'],
    ['<a k="1" k="2"/>', 'NotWellFormed'],
    ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'NotUtf8'],
  ])('%s: %s', (xml, code) => {
    expect(outcome('true()', xml)).toBe(code);
  });

  it('takes a byte order mark and refuses bytes that are not UTF-8', () => {
    expect(outcome('true()', '\uFEFF<?xml version="1.0" encoding="utf-8"?><a/>')).toBe('passed');
    expect(parseXml(Uint8Array.of(0x3c, 0xff), checkLimits)).toMatchObject({
      error: { code: 'NotUtf8' },
    });
  });

  it('joins text around CDATA, and keeps comments and instructions out of it', () => {
    const xml = '<a>1<![CDATA[2]]><!-- 9 -->3<?pi 9?>&#x34;</a>';
    expect(evaluate('string()', xml)).toBe('"1234"');
    expect(evaluate('count(text())', xml)).toBe('3');
    expect(evaluate('comment()', xml)).toBe('/a/comment()');
    expect(evaluate("processing-instruction('pi')", xml)).toBe('/a/instruction()');
    expect(evaluate('processing-instruction(other)', xml)).toBe('');
    expect(evaluate('count(@*)', '<a xmlns="urn:x" xmlns:p="urn:y" k="1"/>')).toBe('1');
  });
});

describe('rules that would not end', () => {
  const many = `<a>${'<b>x</b>'.repeat(3_000)}</a>`;
  const digits = `<a n="${'7'.repeat(100)}"/>`;
  const repeated = `<a><b>${'x'.repeat(40_000)}</b>${'x'.repeat(40_000)}</a>`;
  const limits = { ...checkLimits, stepsMax: 2_000_000 };

  it.each([
    ['1 to 1000000000 = 0', '<a/>'],
    ['count(for $x in 1 to 100000, $y in 1 to 100000 return $x) = 0', '<a/>'],
    ['some $x in //b, $y in //b satisfies $x != $y', many],
    ['//b != //b', many],
    ['count(//b[preceding::b[. = "y"]]) = 1', many],
    ['count(//b[. = //b/preceding-sibling::*[1000000]]) = 1', many],
    ["string-length(string-join(for $x in //b, $y in 1 to 20 return string(/), '')) = 0", many],
    [
      'every $x in 1 to 100000 satisfies (xs:decimal(/*/@n) + $x) * (xs:decimal(/*/@n) + $x) > 0',
      digits,
    ],
    ["contains(string(/), concat(string(/*/*[1]), 'y'))", repeated],
    ["count(tokenize(string-join(//b, ''), 'x(.*z)?')) = 0", many],
  ])('%s', (test, xml) => {
    expect(outcome(test, xml, limits)).toBe('TooManySteps');
  });

  it('matches in time where backtracking would not', () => {
    expect(outcome("matches(string-join(//b, ''), '(x+x+)+y')", many)).toBe('fired');
  });

  it('ends functions that call themselves', () => {
    const rules = compiled(
      schema(`<xsl:function name="f:two"><xsl:param name="n"/>
        <xsl:sequence select="f:two($n + 1) + f:two($n + 1)"/></xsl:function>
        <xsl:function name="f:grow"><xsl:param name="t"/><xsl:param name="n"/>
        <xsl:sequence select="if ($n = 0) then $t else f:grow(concat($t, $t), $n - 1)"/></xsl:function>
        <pattern><rule context="/*"><assert id="A" test="f:two(1) = 0"/>
        <assert id="B" test="f:grow('x', 40) = ''"/></rule></pattern>`),
    );
    expect(rules.check(bytes('<a/>'), checkLimits)).toMatchObject({
      error: { code: 'TooManySteps' },
    });
  });

  it('ends functions that nest deeper than the stack', () => {
    const sum = Array.from({ length: 500 }, () => '$n').join('+');
    const rules = compiled(
      schema(`<xsl:function name="f:deep"><xsl:param name="n"/>
        <xsl:sequence select="f:deep($n + 1) + ${sum}"/></xsl:function>
        <pattern><rule context="/*"><assert id="A" test="f:deep(1) = 0"/></rule></pattern>`),
    );
    const result = rules.check(bytes('<a/>'), checkLimits);
    const code = result.ok ? result.value.unevaluated[0]?.code : result.error.code;
    expect(['TooManySteps', 'FOAR0002']).toContain(code);
  });

  it('lists places up to its bound and ids without one', () => {
    const rules = compiled(
      schema(`<pattern><rule context="b"><assert id="A" test="false()"/></rule>
        <rule context="c"><assert id="C" test="false()"/></rule></pattern>`),
    );
    const result = rules.check(bytes(`${many.slice(0, -4)}<c/></a>`), checkLimits);
    expect(result.ok && result.value.findings.length).toBe(checkLimits.findingsMax);
    expect(result.ok && result.value.fatal).toEqual(['A', 'C']);
  });
});
