/** The story that ships with the project: what is told, in which order, and how each step is taken. */
import { rejectionOf, type Signer } from '@hanse/client';
import type { ImportResult } from '@hanse/einvoice';
import { fromHex, HanseError, isHanseError, must, toHex } from '@hanse/kit';
import { REASONS, type Reason } from '../codes.ts';
import { REASONS_ZH } from '../reasons.ts';
import { refusedReceipt, type Desk, type Done, type Text } from '../flow/desk.ts';
import type { Payment } from '../flow/financing.ts';
import { readTitle } from '../flow/titles.ts';
import type { Terms } from '../terms.ts';
import { sizeOf } from '../title/intervals.ts';

/** Who signs in the story, by what people call them. */
export type CastName =
  | 'buyer'
  | 'buyer.checker'
  | 'supplier'
  | 'supplier2'
  | 'supplier3'
  | 'bank'
  | 'bank2'
  | 'importer'
  | 'regulator';

/** Organisations of the story. */
export type OrganisationName = Exclude<CastName, 'buyer.checker'>;

/** The invoices of the story. */
export type StoryFileName =
  | 'sale'
  | 'twin'
  | 'credit'
  | 'trade2'
  | 'trade3'
  | 'sale-cn'
  | 'trade-cn'
  | 'red-cn';

/** A document as its owner has it. */
export type StoryFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly result: ImportResult;
};

/** What the story is told with. */
export type Stage = {
  readonly desk: Desk;
  readonly signers: Readonly<Record<CastName, Signer>>;
  readonly organisations: Readonly<Record<OrganisationName, string>>;
  readonly files: Readonly<Record<StoryFileName, StoryFile>>;
  /** Deposit a document for somebody; whoever does keeps the secret of its salts. */
  readonly deposit: (
    file: StoryFile,
    as: CastName,
  ) => Promise<Done & { readonly document: Uint8Array; readonly root: Uint8Array }>;
  /** A bank's message that it has paid: off the chain, only its hash goes into the proof. */
  readonly message: (deal: Uint8Array) => Promise<Uint8Array>;
  /** What belongs to a deal and is not on the chain, for whoever keeps it. */
  readonly keep?: {
    readonly terms: (terms: Terms) => void;
    readonly payment: (deal: Uint8Array, message: Uint8Array, payment: Payment) => void;
  };
};

/** A part of the title, and who holds it. */
export type HeldPart = {
  readonly from: number;
  readonly to: number;
  readonly units: number;
  readonly holder: string;
  readonly status: string;
  readonly flag: string;
};

/** A step of the story that was taken: plain data, to be kept and told again. */
export type ToldStep = {
  readonly id: string;
  readonly title: Text;
  readonly by: CastName;
  readonly says: Text;
  readonly txids: readonly string[];
  readonly height: number;
  /** For a step that the chain refused, as it should. */
  readonly refused?: { readonly reason: string; readonly says: Text };
  /** Who holds which part afterwards, once there is a title. */
  readonly parts?: readonly HeldPart[];
  readonly currency?: string;
  /** Ids that later steps need, in hexadecimal, and opened terms. */
  readonly notes: Readonly<Record<string, string>>;
};

/** What a step gives the story. */
export type Taken = Done & { readonly notes?: Readonly<Record<string, string>> };

/** One step: what it is called, who takes it, and how. */
export type StoryStep = {
  readonly id: string;
  readonly title: Text;
  readonly by: CastName;
  /** The reason for which the chain must refuse it. */
  readonly refusedFor?: Reason;
  readonly take: (stage: Stage, notes: Notes) => Promise<Taken>;
};

/** What earlier steps have noted. */
export class Notes {
  readonly #notes = new Map<string, string>();

  add(notes: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(notes)) this.#notes.set(name, value);
  }

  text(name: string): string {
    return must(this.#notes.get(name), `an earlier step has noted ${name}`);
  }

  bytes(name: string): Uint8Array {
    return must(fromHex(this.text(name)), `${name} is hexadecimal`);
  }

  has(name: string): boolean {
    return this.#notes.has(name);
  }
}

/**
 * Tell the story: steps that were told before are not taken again, the others are, each told as soon as it is done.
 * Throws what stopped a step; the next telling goes on there.
 */
export async function tellStory(
  steps: readonly StoryStep[],
  stage: Stage,
  told: readonly ToldStep[],
  onTold: (step: ToldStep) => Promise<void> | void,
): Promise<readonly ToldStep[]> {
  const notes = new Notes();
  const known = new Map(told.map((step) => [step.id, step]));
  const all: ToldStep[] = [];
  for (const step of steps) {
    const before = known.get(step.id);
    const now = before ?? (await take(step, stage, notes));
    notes.add(now.notes);
    all.push(now);
    if (before === undefined) await onTold(now);
    stage.desk.signal?.throwIfAborted();
  }
  return all;
}

async function take(step: StoryStep, stage: Stage, notes: Notes): Promise<ToldStep> {
  const { id, title, by, refusedFor } = step;
  const taken =
    refusedFor === undefined
      ? await step.take(stage, notes)
      : await expectRefusal(step, stage, notes);
  const { txids, height, says, notes: own = {} } = taken;
  const refused =
    refusedFor === undefined
      ? {}
      : { refused: { reason: refusedFor, says: reasonText(refusedFor) } };
  const pack = own['pack'] ?? (notes.has('pack') ? notes.text('pack') : undefined);
  const parts = pack === undefined ? {} : await partsOf(stage, pack);
  return { id, title, by, says, txids, height, ...refused, ...parts, notes: own };
}

/** Take a step that the chain must refuse, and give its refused receipt. */
async function expectRefusal(step: StoryStep, stage: Stage, notes: Notes): Promise<Taken> {
  const { id, refusedFor, title } = step;
  try {
    await step.take(stage, notes);
  } catch (error) {
    const receipt = refusedReceipt(error);
    const reason = rejectionOf(error)?.reason;
    if (receipt === undefined || reason !== refusedFor) throw error;
    const { txid, height } = receipt;
    return { txids: [txid], height, says: title };
  }
  throw new HanseError('Internal', { message: `step ${id} of the story was not refused` });
}

async function partsOf({ desk }: Stage, pack: string) {
  const title = await readTitle(desk, must(fromHex(pack), 'ids are hexadecimal'));
  return {
    currency: title.pack.currency,
    parts: title.intervals.map((one): HeldPart => ({
      from: one.from,
      to: one.to,
      units: sizeOf(one),
      holder: one.holder,
      status: one.status,
      flag: one.flag,
    })),
  };
}

/** Why the contracts refuse, in both languages. */
export function reasonText(reason: string): Text {
  const isKnown = (name: string): name is Reason => Object.hasOwn(REASONS, name);
  if (!isKnown(reason)) return { en: reason, zh: reason };
  return { en: REASONS[reason], zh: REASONS_ZH[reason] };
}

/** The reason and its sentences when the contracts of trade finance rejected a call. */
export function tradeRejection(
  error: unknown,
): { readonly reason: string; readonly says: Text } | undefined {
  if (!isHanseError(error)) return undefined;
  const rejection = rejectionOf(error);
  const isOurs = rejection?.contract === 'claims' || rejection?.contract === 'packs';
  if (rejection === undefined || !isOurs) return undefined;
  return { reason: rejection.reason, says: reasonText(rejection.reason) };
}

/** Notes of a step, ids in hexadecimal. */
export function noted(ids: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, toHex(id)]));
}
