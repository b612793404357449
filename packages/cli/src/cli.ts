import { resolve } from 'node:path';
import { isHanseError } from '@hanse/kit';
import { createContext, type Context } from './context.ts';
import { placesOfError } from './contracts/places.ts';
import { exitCodeOf, exitCodes } from './exit.ts';
import { textOption, type Input } from './input.ts';
import { findLanguage, parseLanguage } from './language.ts';
import { createOutput, type Output, type Sink } from './output.ts';
import { parseCommandLine, type Parsed } from './parse.ts';
import { findProject } from './project.ts';
import { readConfigFile, resolveSettings } from './settings.ts';
import { commands } from './table/all.ts';
import type { CommandEntry } from './table/entry.ts';

/** The process as the command line sees it. */
export type Host = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly command: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly readStdin: () => Promise<string>;
  /** Told which command runs before it does. */
  readonly onCommand?: (entry: CommandEntry) => void;
};

/** Run a command line and return its exit code. Never throws. */
export async function runCli(host: Host): Promise<number> {
  const { argv, env } = host;
  const project = findProject(host.cwd);
  // The language of an unreadable project file is unknown; that it is unreadable is said later.
  const projectLang = attempt(() => readConfigFile(project.configFile).lang);
  const language = findLanguage(argv, env, projectLang);
  const outputOf = (options: Input['options']): Output =>
    createOutput({
      stdout: host.stdout,
      stderr: host.stderr,
      env,
      language,
      isJson: options['json'] === true,
      isQuiet: options['quiet'] === true,
      nowMs: host.nowMs,
    });
  let out = outputOf({ json: argv.includes('--json') });
  let context: Context | undefined;
  try {
    const parsed = asRun(parseCommandLine(argv, language));
    if (parsed.kind === 'help') {
      (parsed.isAsked ? host.stdout : host.stderr).write(parsed.text);
      return parsed.isAsked ? exitCodes.ok : exitCodes.usage;
    }
    out = outputOf(parsed.input.options);
    host.onCommand?.(parsed.entry);
    const module = await parsed.entry.load();
    context = contextOf(host, out, parsed.input);
    return (await module.run(context, parsed.input)) ?? exitCodes.ok;
  } catch (error) {
    if (host.signal.aborted) return exitCodes.interrupted;
    out.error(error, await placesOfError(context, error));
    if (!isHanseError(error) && env['HANSE_DEBUG'] !== undefined && error instanceof Error) {
      host.stderr.write(`${error.stack ?? error.message}\n`);
    }
    return exitCodeOf(error);
  }
}

function asRun(parsed: Parsed): Exclude<Parsed, { kind: 'version' }> {
  if (parsed.kind !== 'version') return parsed;
  const entry = commands.find((one) => one.name === 'version');
  if (entry === undefined) return { kind: 'help', text: '', isAsked: true };
  return { kind: 'run', entry, input: { args: [], options: {} } };
}

function contextOf(host: Host, out: Output, input: Input): Context {
  const project = findProject(host.cwd);
  const lang = textOption(input, 'lang');
  if (lang !== undefined && parseLanguage(lang) === undefined) {
    out.warn(`--lang ${lang}: en, zh-CN`);
  }
  const data = textOption(input, 'data');
  const settings = resolveSettings({
    flags: {
      url: textOption(input, 'url')
        ?.split(',')
        .filter((url) => url !== ''),
      as: textOption(input, 'as'),
      genesis: textOption(input, 'genesis'),
      data: data === undefined ? undefined : resolve(host.cwd, data),
    },
    env: host.env,
    project,
  });
  const { env, cwd, command, signal, nowMs, readStdin } = host;
  return createContext({ out, project, settings, env, cwd, command, signal, nowMs, readStdin });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
