import { Command, CommanderError } from 'commander';
import { HanseError, type Language } from '@hanse/kit';
import { commandHelp, groupHelp, rootHelp } from './help.ts';
import { usage, type Input } from './input.ts';
import { closest } from './suggest.ts';
import { commands, globalOptions, groups } from './table/all.ts';
import type { CommandEntry, OptionEntry } from './table/entry.ts';

/** What a command line asks for. */
export type Parsed =
  | { readonly kind: 'run'; readonly entry: CommandEntry; readonly input: Input }
  | { readonly kind: 'help'; readonly text: string; readonly isAsked: boolean }
  | { readonly kind: 'version' };

/** Parse a command line. Throws UsageError and UnknownCommand. */
export function parseCommandLine(argv: readonly string[], language: Language): Parsed {
  const [first, ...rest] = argv;
  if (first === undefined) return { kind: 'help', text: rootHelp(language), isAsked: true };
  // `hanse help evidence deposit` reads like `hanse evidence deposit --help`.
  const args = first === 'help' ? [...rest, '--help'] : argv;
  let printed = '';
  let run: Parsed | undefined;
  const program = buildProgram(language, new Set(args), {
    print: (text) => (printed += text),
    onRun: (entry, input) => (run = { kind: 'run', entry, input }),
  });
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return afterError(error, args, printed);
  }
  return run ?? { kind: 'help', text: rootHelp(language), isAsked: true };
}

function afterError(error: CommanderError, args: readonly string[], printed: string): Parsed {
  switch (error.code) {
    case 'commander.version':
      return { kind: 'version' };
    case 'commander.helpDisplayed':
      return { kind: 'help', text: printed, isAsked: true };
    case 'commander.help':
      return { kind: 'help', text: printed, isAsked: false };
    case 'commander.unknownCommand':
      throw unknownCommand(args);
    default: {
      const message = sentence(error.message.replace(/^error: /, ''));
      throw usage(message, `命令行有误：${message}`);
    }
  }
}

function sentence(text: string): string {
  const plain = text.replaceAll('\n', ' ').trim();
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.)?]$/.test(plain) ? '' : '.'}`;
}

function unknownCommand(args: readonly string[]): HanseError {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const isGroup = groups.some((group) => group.name === words[0]);
  const name = words.slice(0, isGroup ? 2 : 1).join(' ');
  const names = isGroup ? [] : groups.map((group) => group.name);
  const suggestion = closest(name, [...commands.map((entry) => entry.name), ...names]);
  return new HanseError('UnknownCommand', { name, suggestion: suggestion ?? 'help' });
}

type Handlers = {
  readonly print: (text: string) => void;
  readonly onRun: (entry: CommandEntry, input: Input) => void;
};

/** Only the command that was typed gets its arguments and options: the others cost time. */
function buildProgram(
  language: Language,
  typed: ReadonlySet<string>,
  { print, onRun }: Handlers,
): Command {
  const quiet = (command: Command, help: () => string): Command => {
    command.exitOverride().helpCommand(false).helpOption('-h, --help');
    command.configureOutput({ writeOut: print, writeErr: print, outputError: () => {} });
    command.helpInformation = help;
    return command;
  };
  const program = quiet(new Command('hanse'), () => rootHelp(language));
  program.version('', '-V, --version');
  addOptions(program, globalOptions);
  const parents = new Map<string, Command>();
  for (const group of groups) {
    parents.set(
      group.name,
      quiet(program.command(group.name), () => groupHelp(group, language)),
    );
  }
  for (const entry of commands) {
    const words = entry.name.split(' ');
    const parent = words.length > 1 ? (parents.get(words[0] ?? '') ?? program) : program;
    const command = parent.command(words.at(-1) ?? '');
    if (!words.every((word) => typed.has(word))) continue;
    quiet(command, () => commandHelp(entry, language));
    for (const arg of entry.args ?? []) command.argument(arg.name);
    addOptions(command, entry.options ?? []);
    if (entry.passesOptions === true) command.allowUnknownOption().allowExcessArguments();
    command.action(() => {
      const args = entry.passesOptions === true ? [command.args] : command.processedArgs;
      onRun(entry, { args, options: command.optsWithGlobals() });
    });
  }
  return program;
}

function addOptions(command: Command, options: readonly OptionEntry[]): void {
  for (const option of options) command.option(option.flags);
}
