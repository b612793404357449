/** Commands that do on the command line what a page shows. They are never translated. */
export const cli = {
  block: (height: number) => `hanse block show ${height}`,
  tx: (txid: string) => `hanse tx show ${txid}`,
  evidence: (id: string) => `hanse evidence show ${id}`,
  deposit: (file: string) => `hanse evidence deposit ${quote(file)}`,
  why: () => 'hanse why',
  demo: () => 'hanse dev --demo',
  deviceKey: () => 'hanse id new phone',
  issue: (file: string) => `hanse invoice import ${quote(file)}`,
  confirm: (pack: string) => `hanse invoice confirm ${pack}`,
} as const;

/** A file name as one word of a shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
