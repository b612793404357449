import { decode, encode } from '@hanse/codec';
import { formatText, HanseError, isErrorName, must, toBase64Url, toHex } from '@hanse/kit';
import {
  finalProofSchema,
  headerBytes,
  headerSchema,
  receiptSchema,
  type Block,
  type BlockDetail,
  type BlockSummary,
  type Certificate,
  type Problem,
  type Receipt,
  type Tx,
} from '@hanse/model';
import type { RefusalWire } from './state.ts';

/** Problem document of a catalogue error, as part of an answer. */
export function problemOf({ code, params }: RefusalWire): Problem {
  const name = isErrorName(code) ? code : 'ContractRefused';
  const error = new HanseError(name, params);
  const text = formatText(name, params, 'en');
  return {
    type: `urn:hanse:error:${error.code}`,
    title: text.what,
    status: error.httpStatus,
    code: error.code,
    detail: text.why,
    fix: text.fix,
    retry: error.retry,
    params,
  };
}

/** Parameters of an error as text. */
export function textParams(
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

/** A final header with its certificate, canonical bytes in base64url. */
export function finalProofText(block: Block, certificate: Certificate): string {
  return toBase64Url(encode(finalProofSchema, { header: headerBytes(block), certificate }));
}

/** One line about a block. */
export function summaryOf(
  block: Block,
  counts: { readonly transactions: number; readonly refused: number },
): BlockSummary {
  const { header } = block;
  return {
    height: header.height,
    view: header.view,
    digest: toHex(block.digest),
    time: header.time,
    proposer: header.proposer,
    transactions: counts.transactions,
    refused: counts.refused,
    sizeBytes: block.bytes.length,
    executedHeight: header.executed.height,
  };
}

/** Everything about a block that a page shows. */
export function detailOf(
  block: Block,
  certificate: Certificate | undefined,
  receipts: readonly Receipt[],
  txs: ReadonlyMap<string, Tx>,
): BlockDetail {
  const refused = receipts.filter((receipt) => receipt.status.kind === 'refused').length;
  return {
    ...summaryOf(block, { transactions: receipts.length, refused }),
    header: headerSchema.toJson(block.header),
    signers: (certificate?.votes ?? []).map((vote) => vote.signer),
    receipts: receipts.map((receipt) => {
      const txid = toHex(receipt.txid);
      const tx = txs.get(txid);
      return {
        txid,
        status: receipt.status.kind,
        ...(receipt.status.kind === 'refused' ? { code: receipt.status.value.code } : {}),
        calls: (tx?.calls ?? []).map((call) => `${call.contract}.${call.method}`),
        signers: (tx?.signers ?? []).map((signer) => signer.did),
      };
    }),
  };
}

/** A receipt of canonical bytes that this node wrote. */
export function openReceipt(bytes: Uint8Array): Receipt {
  const receipt = decode(receiptSchema, bytes);
  return must(receipt.ok ? receipt.value : undefined, 'a stored receipt decodes');
}
