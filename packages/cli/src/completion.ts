import type { Language } from '@hanse/kit';
import { textIn } from './language.ts';
import { commands, globalOptions, groups } from './table/all.ts';
import type { CommandEntry } from './table/entry.ts';

/** Shells that completion is made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The completion script of a shell, made from the command table. */
export function completionScript(shell: Shell, language: Language): string {
  switch (shell) {
    case 'bash':
      return bashScript();
    case 'zsh':
      return zshScript(language);
    case 'fish':
      return fishScript(language);
  }
}

/** Words that may follow what was typed, and what each is for. */
function children(prefix: string): readonly { readonly word: string; readonly of: string }[] {
  const start = prefix === '' ? '' : `${prefix} `;
  const words = new Map<string, string>();
  for (const { name } of commands) {
    if (!name.startsWith(start)) continue;
    const word = name.slice(start.length).split(' ')[0] ?? '';
    if (word !== '') words.set(word, start + word);
  }
  return [...words].map(([word, of]) => ({ word, of }));
}

function summaryOf(name: string, language: Language): string {
  const entry =
    commands.find((one) => one.name === name) ?? groups.find((one) => one.name === name);
  return entry === undefined ? '' : textIn(entry.summary, language);
}

function longOptions(entry: Pick<CommandEntry, 'options'>): readonly string[] {
  return [...(entry.options ?? []), ...globalOptions]
    .flatMap(({ flags }) => /--[a-z-]+/.exec(flags)?.[0] ?? [])
    .concat('--help');
}

function bashScript(): string {
  const cases = [
    ['', ...groups.map((group) => group.name)],
    commands.map((entry) => entry.name),
  ].flat();
  const lines = [...new Set(cases)].map((name) => {
    const entry = commands.find((one) => one.name === name);
    const words = [
      ...children(name).map((one) => one.word),
      ...(entry === undefined ? [] : longOptions(entry)),
    ];
    return `    "${name}") words="${words.join(' ')}" ;;`;
  });
  return `# hanse completion for bash: eval "$(hanse completion bash)"
_hanse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    case " ${groups.map((group) => group.name).join(' ')} " in *" $path "*) path="$path $word" ;; *) [ -z "$path" ] && path="$word" ;; esac
  done
  case "$path" in
${lines.join('\n')}
  esac
  case "$path" in
${bashNames()}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _hanse hanse ./hanse
`;
}

/** Names of methods come from the contracts that the project has seen, when they are asked for. */
const NAMED = [
  ['call', 'methods'],
  ['query', 'queries'],
] as const;

function bashNames(): string {
  const lines = NAMED.map(
    ([name, kind]) =>
      `    "${name}"|"contract ${name}") words="$words $("\${COMP_WORDS[0]}" contract names --kind ${kind} 2>/dev/null)" ;;`,
  );
  return lines.join('\n');
}

function zshScript(language: Language): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:');
  const list = (prefix: string): string =>
    children(prefix)
      .map(({ word, of }) => `'${word}:${quote(summaryOf(of, language))}'`)
      .join(' ');
  const cases = groups.map(
    (group) =>
      `      ${group.name}) local -a sub; sub=(${list(group.name)}); (( CURRENT == 3 )) && _describe command sub || _files ;;`,
  );
  return `#compdef hanse
# hanse completion for zsh: eval "$(hanse completion zsh)"
_hanse() {
  local -a top; top=(${list('')})
  if (( CURRENT == 2 )); then
    _describe command top
  else
    case "$words[2]" in
${NAMED.map(([name, kind]) => `      ${name}) compadd -- \${(f)"$($words[1] contract names --kind ${kind} 2>/dev/null)"} ;;`).join('\n')}
${cases.join('\n')}
      *) _files ;;
    esac
  fi
}
compdef _hanse hanse
`;
}

function fishScript(language: Language): string {
  const quote = (text: string): string => text.replaceAll("'", "\\'");
  const top = children('').map(
    ({ word, of }) =>
      `complete -c hanse -n __fish_use_subcommand -f -a ${word} -d '${quote(summaryOf(of, language))}'`,
  );
  const sub = groups.flatMap((group) =>
    children(group.name).map(
      ({ word, of }) =>
        `complete -c hanse -n '__fish_seen_subcommand_from ${group.name}' -f -a ${word} -d '${quote(summaryOf(of, language))}'`,
    ),
  );
  const names = NAMED.map(
    ([name, kind]) =>
      `complete -c hanse -n '__fish_seen_subcommand_from ${name}' -f -a '(hanse contract names --kind ${kind} 2>/dev/null)'`,
  );
  const options = globalOptions.map(({ flags, text }) => {
    const name = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
    return `complete -c hanse -l ${name} -d '${quote(textIn(text, language))}'`;
  });
  return `# hanse completion for fish: hanse completion fish | source\n${[...top, ...sub, ...names, ...options].join('\n')}\n`;
}
