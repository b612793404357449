import { formatDuration } from '../render/values.ts';

/** What the commands say, in English. Its shape is what every other language must fill. */
export const en = {
  // Help.
  usage: 'Usage',
  arguments: 'Arguments',
  options: 'Options',
  globalOptions: 'Everywhere',
  commands: 'Commands',
  examples: 'Examples',
  jsonShape: 'With --json',
  tagline: 'Hanse: the ledger that organisations run together',
  more: (command: string) =>
    `${command} help <command> says more · exit codes: 0 ok, 1 failed, 2 usage, 3 refused, 4 needs input, 5 unreachable`,

  // Connection and trust.
  notAnchored: (urls: string) =>
    `No genesis hash is known for ${urls}: the first node that answers is believed. Give --genesis.`,
  rate: (rate: number, leftMs: number | undefined) =>
    `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s${leftMs === undefined ? '' : `  ${formatDuration(leftMs)} left`}`,

  // dev.
  keysMade: (count: number, names: string) => `keys for ${count} organisations   ${names}`,
  keysFound: (count: number, names: string) => `keys of ${count} organisations   ${names}`,
  validatorsUp: (count: number) => `${count} validators up`,
  firstBlock: (height: number, signers: number, validators: number) =>
    `block ${height} final after ${signers} votes of ${validators}`,
  chainContinues: (height: number) => `chain continues at block ${height}`,
  labelConsole: 'Console',
  labelApi: 'API',
  labelData: 'Data',
  labelIdentity: 'Identity',
  labelTry: 'Try',
  openApi: 'OpenAPI at /openapi.json',
  noConsole: 'not built; the API is there',
  dataKept: (command: string) => `kept; ${command} dev --temp keeps nothing`,
  dataTemporary: 'temporary; it goes when the network stops',
  switchIdentity: (command: string) => `switch: ${command} id use bank`,
  stopHint: 'Ctrl-C stops the network.',
  stopped: (elapsed: string) => `network stopped in ${elapsed}`,
  portsTaken: (port: number, chosen: number) => `port ${port} is taken; using ${chosen}`,
  resetDone: (path: string) => `the old chain was moved to ${path}`,
  validatorStopped: (name: string, how: string) => `validator ${name} stopped (${how})`,
  validatorRestarts: (delay: string) => `it starts again in ${delay}`,
  validatorStays: (log: string) => `it is not started again; its log is ${log}`,
  validatorBack: (name: string) => `validator ${name} is up again`,
  quorumHolds: (running: number, total: number) => `${running} of ${total} run: blocks go on`,
  quorumLost: (running: number, total: number) =>
    `${running} of ${total} run: no blocks until another one is back`,
  exitedWith: (code: number) => `exit code ${code}`,
  killedBy: (signal: string) => `killed by ${signal}`,
  suiteIgnored: (suite: string) =>
    `the chain in this folder keeps its suite ${suite}; --reset starts a new one`,
  demoDeposited: (count: number) => `${count} demo documents deposited`,
  demoExisted: (count: number) => `${count} demo documents are deposited already`,
  demoMissing: (path: string) => `there are no demo documents at ${path}`,

  // Evidence.
  depositing: 'depositing',
  writingBundles: 'writing bundles',
  deposited: 'deposited',
  existed: 'deposited before',
  failed: 'failed',
  depositDone: (height: number, elapsed: string) =>
    `deposited in block ${height} · proved · ${elapsed}`,
  depositDoneFinal: (height: number, elapsed: string) =>
    `deposited in block ${height} · final, not yet proved · ${elapsed}`,
  depositFirst: (height: number, who: string) =>
    `deposited before, in block ${height} by ${who}; the first deposit stands`,
  depositSummary: (
    total: number,
    deposited: number,
    existed: number,
    failed: number,
    elapsed: string,
  ) =>
    `${total} files: ${deposited} deposited, ${existed} deposited before, ${failed} failed · ${elapsed}`,
  bundlesWritten: (count: number, dir: string) => `${count} proof bundles in ${dir}`,
  checkWith: 'Check it',
  nothingToDeposit: 'There is no file in what was named.',
  skippedEntry: (path: string, why: string) => `skipped ${path}: ${why}`,
  notAFile: 'neither a file nor a folder',
  symbolicLink: 'a symbolic link',
  fieldId: 'Id',
  fieldFile: 'File',
  fieldMediaType: 'Media type',
  fieldSize: 'Size',
  fieldFields: 'Fields',
  fieldDepositor: 'Depositor',
  fieldOrganisation: 'Organisation',
  fieldBlock: 'Block',
  fieldTime: 'Time',
  fieldTransaction: 'Transaction',
  fieldCapture: 'Capture',
  fieldSuperseded: 'Superseded by',
  fieldCoSignatures: 'Co-signed by',
  fieldLinks: 'Links',
  fieldBundle: 'Bundle',
  fieldNote: 'Note',
  fieldState: 'State',
  fieldSigners: 'Signers',
  fieldGenesis: 'Genesis',
  proved: 'proved by the validators',
  finalOnly: 'final, not yet proved',
  provedAt: (height: number) => `proved at height ${height}`,
  fieldsHidden: (count: number) => `${count} hidden fields`,
  coSigned: (height: number, elapsed: string) => `co-signed in block ${height} · ${elapsed}`,
  linked: (height: number, elapsed: string) => `linked in block ${height} · ${elapsed}`,
  superseded: (height: number, elapsed: string) => `superseded in block ${height} · ${elapsed}`,
  bundleWritten: (path: string) => `written to ${path}`,
  verified: 'The bundle holds: every part leads to the genesis of the chain.',
  fileMatches: 'The file is the deposited one.',
  fileNotGiven: 'No file was given: nothing is said about one.',
  unanchoredBundle: (hash: string) =>
    `No trusted genesis hash was given, so the bundle's own (${hash}) was used. Compare it with one you trust, or give --genesis.`,
  disclosedFields: 'Disclosed',
  signedBy: (signers: string, of: number) => `${signers} (of ${of} validators)`,

  // Chain.
  height: 'Height',
  time: 'Time',
  proposer: 'Proposer',
  transactions: 'Transactions',
  refusedTxs: 'Refused',
  size: 'Size',
  view: 'View',
  digest: 'Digest',
  votes: 'Votes',
  throughDescendant: 'final through a later block',
  status: 'Status',
  statusOk: 'ok',
  statusRefused: 'refused',
  gas: 'Gas',
  calls: 'Calls',
  results: 'Results',
  events: 'Events',
  signers: 'Signers',
  called: (height: number, elapsed: string) => `executed in block ${height} · proved · ${elapsed}`,
  calledFinal: (height: number, elapsed: string) =>
    `executed in block ${height} · final, not yet proved · ${elapsed}`,
  wordOfOneNode: (height: number) => `as one node answers at height ${height}`,
  name: 'Name',
  kind: 'Kind',
  key: 'Key',
  algorithm: 'Algorithm',
  controllers: 'Controllers',
  version: 'Version',
  purposes: 'Purposes',
  validFrom: 'From block',
  validUntil: 'Until block',
  methods: 'Methods',
  queries: 'Queries',
  noIdentities: 'No keys are here yet; hanse dev makes some.',
  identityUsed: (name: string) => `signing as ${name} from now on`,
  identityMade: (name: string, height: number) => `${name} registered in block ${height}`,
  keyRotated: (name: string, kid: string, height: number) =>
    `${name} signs with ${kid} from block ${height + 1} on`,
  keyRevoked: (kid: string, height: number) => `${kid} is revoked from block ${height + 1} on`,
  confirmRevoke: 'your confirmation that the key may be revoked for ever',

  // Contracts.
  contractBuilt: (name: string) => `${name} is built and loads`,
  contractLive: (name: string, version: number, height: number, elapsed: string) =>
    `${name} v${version} is live from block ${height} on · ${elapsed}`,
  uploading: 'uploading',
  sameCode: 'the same code is on the chain',
  sameManifest: 'the code changes; what it offers and stores stays as it is',
  nothingSent: (what: string) => `${what}: nothing was sent`,
  tables: 'Tables',
  internals: 'Internals',
  owners: 'Owners',
  ownersNeeded: (names: string, threshold: number, count: number) =>
    `${names}  (${threshold} of ${count} sign an upgrade)`,
  codeHash: 'Code hash',
  native: 'native',
  newestIs: (version: number) => `the newest is ${version}`,
  fieldAt: 'At',
  contractUpToDate: (name: string, version: number) =>
    `contract ${name} v${version}   as on the chain`,
  contractDeployed: (name: string, version: number) => `contract ${name} v${version}   deployed`,
  contractUpgraded: (name: string, version: number) => `contract ${name} v${version}   live`,
  watching: (count: number, where: string) =>
    `watching ${count} ${count === 1 ? 'contract' : 'contracts'} in ${where}`,
  noContracts: (where: string) =>
    `there is no contract in ${where} yet; a new file is deployed when it is saved`,
  resetForStored: (command: string) =>
    `rows on the chain keep their shape; for another one start anew: ${command} dev --reset`,
  initDone: (dir: string) => `a project is in ${dir}`,
  initNext: 'Next',
  initLinked: (root: string) => `packages come from ${root}`,

  // Tools.
  allWell: 'Everything is in order.',
  problemsFound: (count: number) => `${count} problems found.`,
  seedHolds: (tier: string, seed: number) => `${tier} seed ${seed} holds`,
  seedBreaks: (tier: string, seed: number, reason: string) =>
    `${tier} seed ${seed} breaks: ${reason}`,
  seedsHold: (count: number, elapsed: string) => `${count} seeds hold · ${elapsed}`,
  replayWith: (command: string) => `replay it with: ${command}`,
  setting: 'Setting',
  value: 'Value',
  origin: 'Origin',
  retry: 'Retry',
  blame: 'Whose',
  repaired: (to: string) =>
    `moved aside to ${to}; start the validator again and it fetches the chain`,
  repairOneOnly:
    'It does not vote where it may have voted before. Do not repair a second validator until this one votes again: too few voters would be left.',
  nothingToRepair: 'There is nothing to move aside.',
} as const;

type Loose<T> = T extends (...args: infer A) => string ? (...args: A) => string : string;

/** The words of any language. */
export type Words = { readonly [K in keyof typeof en]: Loose<(typeof en)[K]> };
