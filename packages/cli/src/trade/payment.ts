import { fromMinor, minorDigitsOf } from '@hanse/einvoice';
import { toHex } from '@hanse/kit';

/**
 * A payment status report (pacs.002) as a bank would keep it, for banks that name no message of their own. It stays
 * off the chain; its hash is in the payment proof.
 */
export function paymentMessage(parts: {
  readonly deal: Uint8Array;
  readonly units: number;
  readonly currency: string;
  readonly timeMs: number;
}): string {
  const { deal, units, currency, timeMs } = parts;
  const id = toHex(deal).slice(0, 32);
  const amount = fromMinor(BigInt(units), minorDigitsOf(currency) ?? 2);
  const time = new Date(timeMs).toISOString();
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.12"><FIToFIPmtStsRpt>',
    `<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${time}</CreDtTm></GrpHdr>`,
    `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>ACSC</TxSts>`,
    `<OrgnlTxRef><IntrBkSttlmAmt Ccy="${currency}">${amount}</IntrBkSttlmAmt></OrgnlTxRef></TxInfAndSts>`,
    '</FIToFIPmtStsRpt></Document>',
    '',
  ].join('\n');
}
