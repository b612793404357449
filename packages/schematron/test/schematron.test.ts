import { describe, expect, it } from 'vitest';
import { checkLimits, compileSchematron, parseXml } from '../src/index.ts';
import { compiled, firings, refusal, schema, single, verdictOf } from './pack.ts';

describe('rules and patterns', () => {
  it('fires the first matching rule of each pattern, and all patterns', () => {
    const text = schema(`
      <pattern>
        <rule context="b[@k='1']"><assert id="one" test="false()"/></rule>
        <rule context="b"><assert id="other" test="false()"/></rule>
        <rule context="*"><report id="any" test="self::c"/></rule>
      </pattern>
      <pattern><rule context="b"><report id="second" test="true()"/></rule></pattern>`);
    expect(firings(text, '<a><b k="1"/><b/><c/></a>')).toEqual([
      'one /a/b[1]',
      'other /a/b[2]',
      'any /a/c',
      'second /a/b[1]',
      'second /a/b[2]',
    ]);
  });

  it('gives sorted unique ids by level, from the check or its rule', () => {
    const rules = compiled(
      schema(`<pattern>
        <rule context="a" flag="warning">
          <assert id="Z" test="false()"/><assert id="B" flag="fatal" test="false()"/>
          <assert id="C" role="error" test="false()"/>
        </rule>
        <rule context="b"><assert id="Q" test="false()"/><assert id="A" role="WARN" test="false()"/>
          <assert id="B" test="false()"/><assert test="false()"/></rule>
      </pattern>`),
    );
    const verdict = verdictOf(rules, '<a><b/><b/></a>');
    expect(verdict.fatal).toEqual(['B', 'C', 'Q', 'line-10']);
    expect(verdict.warning).toEqual(['A', 'Z']);
    expect(verdict.findings).toHaveLength(11);
    expect(rules.rules.map(({ id }) => id)).toEqual(['Z', 'B', 'C', 'Q', 'A', 'B', 'line-10']);
  });

  it('keeps message texts for lists', () => {
    const rules = compiled(
      schema(`<title>Mine</title><pattern><rule context="a">
        <assert id="A" test="b">A  <emph>b</emph> is
        missing in <value-of select="name()"/>.</assert></rule></pattern>`),
    );
    expect(rules.title).toBe('Mine');
    expect(rules.rules).toEqual([{ id: 'A', level: 'fatal', text: 'A b is missing in .' }]);
  });

  it('evaluates lets of schema, pattern and rule, each seeing those before it', () => {
    const text = schema(`
      <let name="total" value="sum(//n)"/><let name="double" value="$total * 2"/>
      <pattern><let name="k" value="1"/>
        <rule context="n"><let name="own" value=". + $k"/><let name="same" value="for $x in $own return $x"/>
          <report id="A" test="$own = 3 and $same = 3 and $double = 12"/></rule></pattern>
      <pattern><let name="k" value="2"/>
        <rule context="n"><report id="B" test="some $i in (1, 2) satisfies ($i + $k = . and $i = 1)"/></rule></pattern>`);
    expect(firings(text, '<a><n>1</n><n>2</n><n>3</n></a>')).toEqual(['A /a/n[2]', 'B /a/n[3]']);
  });

  it('keeps variables of an expression apart from those of a let that it evaluates', () => {
    const text = schema(`<let name="g" value="for $x in (7, 8) return $x"/>
      <pattern><rule context="a"><assert id="A" test="every $y in (1, 2) satisfies ($g = 8 and $y &lt; 3)"/>
      </rule></pattern>`);
    expect(firings(text, '<a/>')).toEqual([]);
  });

  it('fills in abstract patterns and abstract rules', () => {
    const text = schema(`
      <pattern abstract="true" id="needs"><rule context="$where">
        <assert id="$where-needs" test="$what">$where needs $what</assert></rule></pattern>
      <pattern is-a="needs"><param name="where" value="b"/><param name="what" value="@k"/></pattern>
      <pattern is-a="needs"><param name="where" value="c"/><param name="what" value="d"/></pattern>
      <pattern>
        <rule abstract="true" id="base"><let name="n" value="count(*)"/><assert id="few" test="$n &lt; 2"/></rule>
        <rule context="a"><extends rule="base"/><assert id="some" test="$n > 5"/></rule>
      </pattern>`);
    expect(firings(text, '<a><b/><c><d/></c></a>').map((line) => line.split(' ')[1])).toEqual([
      '/a/b',
      '/a',
      '/a',
    ]);
  });

  it('matches contexts as XSLT does', () => {
    const at = (context: string): readonly string[] =>
      firings(
        schema(
          `<pattern><rule context="${context}"><report id="x" test="true()"/></rule></pattern>`,
        ),
        `<a xmlns:p="urn:p"><b k="1"><c>t</c></b><p:b k="2"><c/></p:b><d><a><b/></a></d></a>`,
      ).map((line) => line.slice(2));
    expect(at('/')).toEqual(['/']);
    expect(at('/a')).toEqual(['/a']);
    expect(at('a')).toEqual(['/a', '/a/d/a']);
    expect(at('a/b')).toEqual(['/a/b', '/a/d/a/b']);
    expect(at('/a/b')).toEqual(['/a/b']);
    expect(at('/a//b')).toEqual(['/a/b', '/a/d/a/b']);
    expect(at('//d//b')).toEqual(['/a/d/a/b']);
    expect(at('p:*')).toEqual(['/a/p:b']);
    expect(at('*:b')).toEqual(['/a/b', '/a/p:b', '/a/d/a/b']);
    expect(at('b | c')).toEqual(['/a/b', '/a/b/c', '/a/p:b/c', '/a/d/a/b']);
    expect(at('@k')).toEqual(['/a/b/@k', '/a/p:b/@k']);
    expect(at('b/@*')).toEqual(['/a/b/@k']);
    expect(at('c/text()')).toEqual(['/a/b/c/text()']);
    expect(at('a/*[2]')).toEqual(['/a/p:b']);
    expect(at('a/*[last()]')).toEqual(['/a/d', '/a/d/a/b']);
    expect(at("*[ends-with(name(), 'b')][@k = 2]")).toEqual(['/a/p:b']);
    expect(at('c[current()/parent::b]')).toEqual(['/a/b/c']);
    expect(at('(/a | d)[b]/c | (b | p:b)/c')).toEqual(['/a/b/c', '/a/p:b/c']);
    expect(at('(/a | d/a)[b][not(@k)]')).toEqual(['/a', '/a/d/a']);
    expect(at('*[xs:decimal(name()) = 1]')).toEqual([]);
  });

  it('gives current() the node of the rule inside predicates', () => {
    const text = schema(`<pattern><rule context="b">
      <report id="twin" test="//c[@k = current()/@k]"/></rule></pattern>`);
    expect(firings(text, '<a><b k="1"/><b k="2"/><c k="2"/></a>')).toEqual(['twin /a/b[2]']);
  });

  it('runs functions of the file', () => {
    const text = schema(`
      <xsl:function name="f:digits" as="xs:boolean"><xsl:param name="t"/>
        <xsl:variable name="sum" select="sum(for $i in string-to-codepoints($t) return $i - 48)"/>
        <xsl:value-of select="$sum mod 10 = 0"/></xsl:function>
      <xsl:function name="f:luhn" as="xs:boolean"><xsl:param name="n" as="xs:string"/>
        <xsl:variable name="odd">13579</xsl:variable>
        <xsl:variable name="sum" as="xs:integer"><xsl:value-of select="sum(for $p in
          1 to string-length($n) return number(substring($n, $p, 1)))"/></xsl:variable>
        <xsl:if test="$sum > 0"><xsl:sequence select="contains($odd, string($sum mod 10))"/></xsl:if>
      </xsl:function>
      <xsl:function name="f:fact" as="xs:integer"><xsl:param name="n" as="xs:integer"/>
        <xsl:choose><xsl:when test="$n &lt; 2"><xsl:sequence select="1"/></xsl:when>
        <xsl:otherwise><xsl:sequence select="$n * f:fact($n - 1)"/></xsl:otherwise></xsl:choose></xsl:function>
      <let name="late" value="f:digits('55')"/>
      <pattern><rule context="n">
        <assert id="digits" test="f:digits(.)"/><assert id="luhn" test="f:luhn(.) = $late"/><assert id="fact" test="f:fact(5) = 120"/>
        <assert id="deep" test="f:fact(1000) > 0"/>
      </rule></pattern>`);
    const verdict = verdictOf(compiled(text), '<a><n>46</n><n>47</n></a>');
    expect(verdict.findings.map(({ id, path }) => `${id} ${path}`)).toEqual([
      'luhn /a/n[1]',
      'digits /a/n[2]',
    ]);
    expect(verdict.unevaluated).toEqual([{ id: 'deep', code: 'FOAR0002' }]);
  });

  it('lists checks that have no result, and goes on', () => {
    const text = schema(`<pattern><rule context="n">
      <assert id="A" test="xs:decimal(.) > 0"/><assert id="B" test="false()"/></rule></pattern>`);
    const verdict = verdictOf(compiled(text), '<a><n>1</n><n>x</n></a>');
    expect(verdict.unevaluated).toEqual([{ id: 'A', code: 'FORG0001' }]);
    expect(verdict.fatal).toEqual(['B']);
  });

  it('shares what depends on the document alone without mixing up alike names', () => {
    const text = schema(`<ns prefix="a1" uri="urn:1"/><ns prefix="a2" uri="urn:2"/>
      <pattern><let name="v" value="'x'"/><rule context="/*">
        <report id="A" test="//b = $v"/><report id="B" test="exists(//a1:c)"/></rule></pattern>
      <pattern><let name="v" value="'y'"/><rule context="/*">
        <report id="C" test="//b = $v"/><report id="D" test="exists(//a2:c)"/></rule></pattern>`);
    expect(verdictOf(compiled(text), '<r xmlns:z="urn:2"><b>y</b><z:c/></r>').fatal).toEqual([
      'C',
      'D',
    ]);
  });

  it('keeps nothing from one document to the next, and takes a parsed tree', () => {
    const rules = compiled(single('//b = 1'));
    const tree = parseXml(new TextEncoder().encode('<a><b>1</b></a>'), checkLimits);
    expect(tree.ok && rules.check(tree.value, checkLimits)).toMatchObject({ value: { fatal: [] } });
    expect(verdictOf(rules, '<a><b>2</b></a>').fatal).toEqual(['A']);
    expect(tree.ok && rules.check(tree.value, checkLimits)).toMatchObject({ value: { fatal: [] } });
  });
});

describe('what is refused when the rules are compiled', () => {
  it.each([
    ['b[', 'XPathSyntax', 2],
    ['1 +', 'XPathSyntax', 3],
    ['a b', 'XPathSyntax', 2],
    ["'open", 'XPathSyntax', 0],
    ['a ~ b', 'XPathSyntax', 2],
    ['(: open', 'XPathSyntax', 0],
    ['zz:a', 'UnknownPrefix', 0],
    ['b = $nobody', 'UnknownVariable', 4],
    ["doc('x')", 'UnknownFunction', 0],
    ['current-date()', 'UnknownFunction', 0],
    ['count()', 'UnknownFunction', 0],
    ['f:none(1)', 'UnknownFunction', 0],
    ['xs:duration(b)', 'UnknownFunction', 0],
    ['b cast as xs:time', 'UnknownType', 10],
    ['namespace::x', 'NotSupported', 0],
    ["matches(b, '(')", 'XPathSyntax', 11],
    ["replace(b, '\\1', '')", 'XPathSyntax', 11],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 'TooLarge', 64],
    [Array.from({ length: 700 }, () => '1').join('+'), 'TooLarge', 1397],
    ['9'.repeat(2_000), 'XPathSyntax', undefined],
    [`'${'x'.repeat(70_000)}'`, 'TooLarge', 0],
  ])('%.30s: %s at %s', (test, code, offset) => {
    expect(refusal(single(test))).toMatchObject({ code, rule: 'A', line: 4, offset });
  });

  it.each([
    ['<a/>', 'NotSchematron'],
    ['<a', 'NotWellFormed'],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'DoctypeRefused'],
    [schema('', ''), 'NotSupported'],
    [schema('', 'queryBinding="xslt"'), 'NotSupported'],
    [schema('<include href="x"/>'), 'NotSupported'],
    [schema('<xsl:key name="k" match="a" use="b"/>'), 'NotSupported'],
    [schema('<pattern><rule><assert test="1"/></rule></pattern>'), 'WrongStructure'],
    [schema('<pattern><rule context="a"><assert/></rule></pattern>'), 'WrongStructure'],
    [schema('<pattern><rule context="a"><extends rule="x"/></rule></pattern>'), 'WrongStructure'],
    [schema('<pattern><rule context="a"><extends href="x"/></rule></pattern>'), 'NotSupported'],
    [schema('<pattern is-a="x"/>'), 'WrongStructure'],
    [schema('<pattern><rule context="a/.."/></pattern>'), 'NotSupported'],
    [schema('<pattern><rule context="(a | b)[1]"/></pattern>'), 'NotSupported'],
    [schema('<pattern><rule context="(a | b)[position() = 1]"/></pattern>'), 'NotSupported'],
    [schema('<pattern><rule context="key(1)"/></pattern>'), 'NotSupported'],
    [schema('<let name="a" value="$b"/><let name="b" value="1"/>'), 'UnknownVariable'],
    [schema('<xsl:function name="f:x"><xsl:message/></xsl:function>'), 'NotSupported'],
    [schema('<xsl:function name="x"/>'), 'WrongStructure'],
    [
      schema(`<pattern><rule abstract="true" id="r"><extends rule="r"/></rule>
        <rule context="a"><extends rule="r"/></rule></pattern>`),
      'WrongStructure',
    ],
  ])('%# %j: %s', (text, code) => {
    expect(refusal(text)).toMatchObject({ code });
  });

  it('never throws on damaged rule files', () => {
    const whole = schema(`<let name="g" value="//b[@k]"/><pattern><rule context="a/b[1]">
      <assert id="A" flag="warning" test="every $x in (.//c | @k) satisfies matches($x, '^\\d{2}$')">t</assert>
      </rule></pattern>`);
    for (let at = 0; at < whole.length; at++) {
      for (const damaged of [
        whole.slice(0, at) + whole.slice(at + 1),
        `${whole.slice(0, at)}[${whole.slice(at)}`,
      ]) {
        const result = compileSchematron(damaged);
        if (result.ok) verdictOf(result.value, '<a><b k="1"><c>12</c></b></a>');
      }
    }
  });
});
