export { commands, globalOptions, groups } from './table/all.ts';
export type { CommandEntry, GroupEntry, OptionEntry } from './table/entry.ts';
