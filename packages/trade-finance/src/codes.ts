import { reject } from '@hanse/contract';

/** Every reason for which these contracts refuse, in one sentence each. None of them carries content of a deal. */
export const REASONS = {
  // The parties and the table.
  ILLEGAL_ACT: 'The transition table has no such act from the state that the interval is in.',
  NOT_YOUR_ACT: 'Another organisation has to do this.',
  INTERVAL_UNKNOWN: 'The pack has no interval with all of these units.',
  REQUEST_UNKNOWN: 'There is no open request on these units.',
  DEAL_CLOSED: 'The deal is not at a stage that allows this.',
  // G1
  CAP_EXCEEDED:
    'The invoice does not cover so many units: it is used, credited or paid in part already.',
  TOO_MANY_PACKS: 'The invoice has as many packs as it may have.',
  // G2
  DOCUMENT_UNKNOWN: 'Nobody has recorded a verdict on this document.',
  DOCUMENT_INVALID: 'The verdict says that the invoice is not valid.',
  DOCUMENT_UNCHECKED:
    'The invoice was not checked against a rule set, and this network asks for that.',
  DOCUMENT_NOT_INVOICE: 'The document is a credit note.',
  DOCUMENT_NOT_PAYABLE: 'Nothing is payable on the invoice.',
  DOCUMENT_CREDITED: 'Credit notes cover the whole invoice.',
  DOCUMENT_HELD:
    'Another invoice has the same seller and number: two persons of the registry must review it.',
  DOCUMENT_SUPERSEDED: 'The deposit was superseded by another one.',
  DUPLICATE_REGISTERED: 'The same invoice is registered already.',
  DUPLICATE_FINANCED: 'The same invoice is financed already.',
  // G3
  DUE_BEFORE_ISSUE: 'The due date lies before the date of the invoice or is not in the future.',
  TENOR_TOO_LONG: 'The tenor is longer than the network allows.',
  TENOR_NEEDS_REVIEW: 'So long a tenor needs a reason and the review of a bank.',
  NOT_DUE: 'The pack is not due yet.',
  DUE_ALREADY: 'The pack is due: it is presented for payment now.',
  // G4
  SELF_DEALING: 'Both sides are the same organisation, or the debtor would hold its own debt.',
  CYCLE: 'The receiver held these units before: title can only be returned to the last holder.',
  DEPTH_EXCEEDED: 'The units have changed hands as often as they may.',
  SPLITS_EXCEEDED: 'The pack has as many intervals as it may have.',
  SLICE_TOO_SMALL: 'The slice, or what would be left beside it, is smaller than the smallest one.',
  // G5
  TRADE_MISSING: 'A transfer names the invoice of the trade that it pays for.',
  TRADE_PARTIES: 'The invoice is not from the receiver to the holder, or in another currency.',
  // G6
  FOUR_EYES: 'A maker and a checker of the organisation have to sign, two different persons.',
  // G7
  FINANCED_ALREADY: 'A bank has paid for these units: they can be sold on, but not pledged.',
  LOCK_MISSING: 'The lock named is not the one of this deal.',
  LOCK_EXPIRED: 'The lock on the claim has expired.',
  TERMS_CHANGED: 'The terms named are not the ones offered.',
  PROOF_USED: 'The payment proof paid for something else already.',
  // Claims.
  VERDICT_EXISTS: 'There is a verdict on this document already.',
  ROOT_MISMATCH: 'The deposit has another fields root than the verdict.',
  VERDICT_MISSING:
    'There is no verdict of an epoch that counts: an importer has to record one with its tags.',
  FACTS_CHANGED: 'The document has a verdict with other facts already.',
  EPOCH_CLOSED: 'The registry takes no tags of this epoch, or has no current one.',
  EPOCH_ORDER: 'Epochs are published, made current and closed in their order.',
  EPOCH_OPEN: 'The epoch before is still open: it is closed first.',
  KEY_MALFORMED: 'The public key has another size than its function has.',
  TAG_MISMATCH: 'The tags are not the ones of the verdict.',
  NOT_ASKED: 'The seller has not asked this bank.',
  CLAIM_LOCKED: 'The claim is locked by a bank.',
  CLAIM_IN_PACKS:
    'The claim is held by title packs: parts of it are financed as intervals of a pack.',
  CLAIM_CLOSED: 'The claim is not in a state that allows this.',
  LOCK_UNKNOWN: 'There is no such lock of this bank.',
  INVOICE_UNKNOWN: 'The credit note names an invoice on which there is no verdict.',
  CREDIT_MISMATCH:
    'The credit note is from another seller or in another currency than the invoice.',
  NOT_FROM_PACKS: 'Only the contract packs may ask for this.',
} as const;

/** A reason to refuse. */
export type Reason = keyof typeof REASONS;

/** Refuse the transaction for a reason of the list. */
export function refuse(reason: Reason): never {
  return reject(reason, REASONS[reason]);
}

/** Refuse for what a guard found; go on when it found nothing. */
export function hold(found: Reason | undefined): void {
  if (found !== undefined) refuse(found);
}
