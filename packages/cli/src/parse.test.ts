import { isHanseError } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from './completion.ts';
import { spawnSync } from 'node:child_process';
import {
  argument,
  argumentList,
  choiceOption,
  flagOption,
  integerOption,
  isOff,
  textOption,
} from './input.ts';
import { parseCommandLine } from './parse.ts';
import { commands, globalOptions, groups } from './table/all.ts';

function parse(line: string) {
  const parsed = parseCommandLine(line.split(' '), 'en');
  if (parsed.kind !== 'run') throw new Error(`${line} is ${parsed.kind}`);
  return parsed;
}

function refusal(line: string): string {
  try {
    parseCommandLine(line.split(' '), 'en');
    return 'taken';
  } catch (error) {
    if (!isHanseError(error)) throw error;
    return `${error.codeName} ${String(error.params['suggestion'] ?? '')}`.trim();
  }
}

describe('parsing', () => {
  it('takes options before and after the command and its arguments', () => {
    const { entry, input } = parse(
      '--json evidence deposit a b --as bank --no-fields --url http://x',
    );
    expect(entry.name).toBe('evidence deposit');
    expect(argumentList(input, 0)).toEqual(['a', 'b']);
    expect(flagOption(input, 'json')).toBe(true);
    expect(textOption(input, 'as')).toBe('bank');
    expect(textOption(input, 'url')).toBe('http://x');
    expect(isOff(input, 'fields')).toBe(true);
    expect(isOff(input, 'bundles')).toBe(false);
  });

  it('tells a folder of bundles from none', () => {
    expect(textOption(parse('evidence deposit a --bundles out').input, 'bundles')).toBe('out');
    expect(isOff(parse('evidence deposit a --no-bundles').input, 'bundles')).toBe(true);
  });

  it('leaves optional arguments open and takes a dash as one', () => {
    expect(argument(parse('call evidence.link').input, 1)).toBeUndefined();
    expect(argument(parse('call evidence.link -').input, 1)).toBe('-');
  });

  it('hands on what belongs to another program', () => {
    const { entry, input } = parse('bench --rate 5 quick');
    expect(entry.name).toBe('bench');
    expect(argumentList(input, 0)).toEqual(['--rate', '5', 'quick']);
  });

  it('suggests what may have been meant', () => {
    expect(refusal('evidnce deposit x')).toBe('UnknownCommand evidence');
    expect(refusal('evidence depost x')).toBe('UnknownCommand evidence deposit');
    expect(refusal('qqqqqqqqq')).toBe('UnknownCommand help');
  });

  it('refuses what it does not know', () => {
    expect(refusal('why --hight 5')).toBe('UsageError');
    expect(refusal('evidence deposit')).toBe('UsageError');
    expect(refusal('id use')).toBe('UsageError');
    expect(refusal('why not')).toBe('UsageError');
    expect(refusal('evidence deposit a --as')).toBe('UsageError');
  });

  it('checks numbers and choices where they are read', () => {
    const { input } = parse('block list --limit 12');
    expect(integerOption(input, 'limit', { min: 1, max: 100 })).toBe(12);
    expect(() => integerOption(input, 'limit', { min: 1, max: 10 })).toThrow('1 to 10');
    const bad = parse('block list --limit 1e3').input;
    expect(() => integerOption(bad, 'limit', { min: 1, max: 9_999 })).toThrow('"1e3"');
    const choice = parse('call a.b --until final').input;
    expect(choiceOption(choice, 'until', ['proved', 'final'])).toBe('final');
    expect(() => choiceOption(choice, 'until', ['proved'])).toThrow('one of proved');
  });
});

describe('help', () => {
  it('is asked for in three ways', () => {
    for (const line of [
      'evidence deposit --help',
      'evidence deposit -h',
      'help evidence deposit',
    ]) {
      const parsed = parseCommandLine(line.split(' '), 'en');
      expect(parsed).toMatchObject({ kind: 'help', isAsked: true });
      if (parsed.kind === 'help') expect(parsed.text).toContain('--no-fields');
    }
  });

  it('of a group is shown for a group alone', () => {
    const parsed = parseCommandLine(['evidence'], 'zh-CN');
    expect(parsed).toMatchObject({ kind: 'help', isAsked: false });
    if (parsed.kind === 'help') expect(parsed.text).toContain('evidence co-sign');
  });

  it('begins with examples and names every command', () => {
    const parsed = parseCommandLine([], 'en');
    if (parsed.kind !== 'help') throw new Error('no help');
    expect(parsed.text.indexOf('Examples')).toBeLessThan(parsed.text.indexOf('Commands'));
    for (const { name } of commands) expect(parsed.text).toContain(`  ${name} `);
  });
});

describe('the table', () => {
  it('has one entry per name, each with both languages and a JSON shape', () => {
    expect(new Set(commands.map((entry) => entry.name)).size).toBe(commands.length);
    const texts = [
      ...commands.flatMap((entry) => [
        entry.summary,
        ...(entry.args ?? []).map((arg) => arg.text),
        ...(entry.options ?? []).map((option) => option.text),
      ]),
      ...groups.map((group) => group.summary),
      ...globalOptions.map((option) => option.text),
    ];
    for (const text of texts) {
      expect(text.en).toMatch(/^[ -~’–“”]+$/);
      expect(text.zh).not.toBe('');
    }
    for (const entry of commands) expect(entry.json).not.toBe('');
  });

  it('parses its own examples', () => {
    for (const entry of commands) {
      for (const example of entry.examples ?? []) {
        const words = [...example.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
          (match) => match[1] ?? match[2] ?? match[3] ?? '',
        );
        const parsed = parseCommandLine(words, 'en');
        expect(parsed.kind, example).toBe('run');
        if (parsed.kind === 'run') expect(parsed.entry.name).toBe(entry.name);
      }
    }
  });

  it('has no first word that is both a command and a group', () => {
    const names = new Set(commands.map((entry) => entry.name));
    for (const group of groups) expect(names.has(group.name)).toBe(false);
  });

  it.each(commands)('loads $name', { timeout: 60_000 }, async (entry) => {
    const module = await entry.load();
    expect(typeof module.run).toBe('function');
  });
});

describe('completion', () => {
  it.each(SHELLS)('of %s names commands and options', (shell) => {
    const script = completionScript(shell, 'en');
    expect(script).toContain('deposit');
    expect(script).toContain('supersede');
  });

  it('is valid for bash', () => {
    const { status, error } = spawnSync('bash', ['-n'], { input: completionScript('bash', 'en') });
    if (error === undefined) expect(status).toBe(0);
  });

  it('completes a group in bash', () => {
    const script = `${completionScript('bash', 'en')}
COMP_WORDS=(hanse evidence d); COMP_CWORD=2; _hanse; echo "\${COMPREPLY[@]}"`;
    const { stdout, error } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    if (error === undefined) expect(stdout.trim().split(' ')).toEqual(['deposit', 'disclose']);
  });
});
