import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import type { Text } from '../language.ts';

/** An argument as commander writes it: `<needed>`, `[optional]`, `[many...]`. */
export type ArgumentEntry = { readonly name: string; readonly text: Text };

/** An option, `--no-x` included. */
export type OptionEntry = { readonly flags: string; readonly text: Text };

/** What a command's module offers. The number is the exit code, 0 when absent. */
export type CommandModule = {
  readonly run: (context: Context, input: Input) => Promise<number | void>;
};

/** One command: what help, completion and the parser know of it before its code is loaded. */
export type CommandEntry = {
  /** Words as typed, such as `evidence deposit`. */
  readonly name: string;
  readonly summary: Text;
  readonly args?: readonly ArgumentEntry[];
  readonly options?: readonly OptionEntry[];
  /** Examples without the leading `hanse`. */
  readonly examples?: readonly string[];
  /** Shape of what `--json` prints; a stream prints one per line. */
  readonly json: string;
  /** Ends by a signal and cleans up itself. */
  readonly isService?: boolean;
  /** Options after it belong to the program it runs. */
  readonly passesOptions?: boolean;
  readonly load: () => Promise<CommandModule>;
};

/** A group of commands that share their first word. */
export type GroupEntry = { readonly name: string; readonly summary: Text };
