import { toHex } from '@hanse/kit';
import type { Message } from '@hanse/model';

/** A batch on the virtual wire: its lane and number. */
export function encodeBatch(lane: number, seq: number): Uint8Array {
  const bytes = new Uint8Array(6);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, lane);
  view.setUint32(2, seq);
  return bytes;
}

/** Lane and number of a batch on the virtual wire. */
export function decodeBatch(bytes: Uint8Array): { readonly lane: number; readonly seq: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { lane: view.getUint16(0), seq: view.getUint32(2) };
}

/** A message in a few words, for timelines. */
export function describe(message: Message): string {
  switch (message.kind) {
    case 'proposal':
      return `proposal view ${message.value.vote.view} ${short(message.value.vote.digest)} just ${message.value.just.map(({ kind, view }) => `${kind[0] ?? ''}${kind[1] ?? ''}${view}`).join(' ')}`;
    case 'vote':
      return `${message.value.vote.kind} view ${message.value.vote.view} ${short(message.value.vote.digest)}`;
    case 'certificate':
      return `certificate ${message.value.certificate.kind} view ${message.value.certificate.view} ${short(message.value.certificate.digest)}`;
    case 'progress':
      return `progress view ${message.value.view} final ${message.value.finalHeight} executed ${message.value.executedHeight}`;
    case 'certificateRequest':
      return `certificate request view ${message.value.view}`;
    case 'blockRequest':
      return `block request ${short(message.value.digest)}`;
    case 'batch': {
      const { lane, seq } = decodeBatch(message.value.batch);
      return `batch ${lane}/${seq}`;
    }
    case 'batchRequest':
      return `batch request ${message.value.lane}/${message.value.fromSeq}-${message.value.toSeq}`;
    case 'finalRequest':
      return `final request from ${message.value.fromHeight}`;
    case 'finals':
      return `finals, ${message.value.blocks.length}`;
    default:
      return message.kind;
  }
}

/** Numbers that tell messages apart, for the event hash. */
export function fingerprint(message: Message): number {
  switch (message.kind) {
    case 'proposal':
    case 'vote': {
      const { view, digest, kind } = message.value.vote;
      return view * 31 + kind.length + word(digest);
    }
    case 'certificate':
      return message.value.certificate.view * 37 + message.value.certificate.kind.length;
    case 'progress':
      return message.value.view * 41 + message.value.executedHeight;
    default:
      return message.kind.length;
  }
}

function word(digest: Uint8Array): number {
  return ((digest[0] ?? 0) << 16) | ((digest[1] ?? 0) << 8) | (digest[2] ?? 0);
}

function short(digest: Uint8Array): string {
  return toHex(digest.subarray(0, 4));
}
