import type { Language } from '@hanse/kit';
import { textIn, type Text } from './language.ts';
import { wordsOf } from './output.ts';
import { displayWidth, pad } from './render/width.ts';
import { commands, firstExamples, globalOptions } from './table/all.ts';
import type { CommandEntry, GroupEntry } from './table/entry.ts';

const LINE_WIDTH = 96;

/** The first screen: examples, then every command with one line. */
export function rootHelp(language: Language): string {
  const words = wordsOf(language);
  return [
    `${words.tagline}\n`,
    `${words.examples}\n${firstExamples.map((line) => `  hanse ${line}`).join('\n')}\n`,
    `${words.commands}\n${rows(
      commands.map((entry) => [entry.name, textIn(entry.summary, language)]),
    )}\n`,
    `${words.globalOptions}\n${optionRows(globalOptions, language)}\n`,
    `${words.more('hanse')}\n`,
  ].join('\n');
}

/** Help of a first word that stands for several commands. */
export function groupHelp(group: GroupEntry, language: Language): string {
  const words = wordsOf(language);
  const own = commands.filter((entry) => entry.name.startsWith(`${group.name} `));
  return [
    `hanse ${group.name}: ${textIn(group.summary, language)}\n`,
    `${words.commands}\n${rows(own.map((entry) => [entry.name, textIn(entry.summary, language)]))}\n`,
    `${words.more('hanse')}\n`,
  ].join('\n');
}

/** Help of one command. */
export function commandHelp(entry: CommandEntry, language: Language): string {
  const words = wordsOf(language);
  const args = entry.args ?? [];
  const options = entry.options ?? [];
  const usage = ['hanse', entry.name, ...args.map((arg) => arg.name), '[options]'].join(' ');
  const parts = [`${textIn(entry.summary, language)}\n`, `${words.usage}\n  ${usage}\n`];
  if (args.length > 0) {
    const list = args.map((arg) => [arg.name, textIn(arg.text, language)] as const);
    parts.push(`${words.arguments}\n${rows(list)}\n`);
  }
  if (options.length > 0) parts.push(`${words.options}\n${optionRows(options, language)}\n`);
  parts.push(`${words.globalOptions}\n${optionRows(globalOptions, language)}\n`);
  const examples = entry.examples ?? [];
  if (examples.length > 0) {
    parts.push(`${words.examples}\n${examples.map((line) => `  hanse ${line}`).join('\n')}\n`);
  }
  parts.push(`${words.jsonShape}\n${wrap(entry.json, 2)}\n`);
  return parts.join('\n');
}

function optionRows(
  options: readonly { readonly flags: string; readonly text: Text }[],
  language: Language,
): string {
  return rows(options.map((option) => [option.flags, textIn(option.text, language)]));
}

function rows(list: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...list.map(([name]) => displayWidth(name)));
  return list.map(([name, text]) => `  ${pad(name, width)}  ${text}`).join('\n');
}

function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = ' '.repeat(indent - 1);
  for (const word of text.split(' ')) {
    if (displayWidth(line) + displayWidth(word) + 1 > LINE_WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent - 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
