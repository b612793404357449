import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import { fromHex, HanseError, toHex } from '@hanse/kit';
import { readTerms, termsJson, type Payment } from '@hanse/trade-finance';
import {
  makePrivateDir,
  prettyJson,
  readJsonFile,
  readJsonIfPresent,
  writePrivateFile,
} from '../files.ts';

type Terms = ReturnType<typeof readTerms>;

/** What is kept here of a document: content that is nowhere on the chain. */
export type KeptDocument = {
  readonly document: string;
  readonly path: string;
  readonly name: string;
  readonly kind: 'invoice' | 'credit-note';
  readonly number: string;
  readonly seller: string;
  readonly buyer: string;
  readonly currency: string;
  readonly units: number;
  readonly issued: string;
  readonly due: string;
};

/**
 * What the people of this machine know of their trades beside the chain: documents, opened terms, payments. It lies
 * in the data folder, readable by its owner only, and never leaves it.
 */
export class Vault {
  readonly dir: string;

  constructor(networkDir: string) {
    this.dir = join(networkDir, 'trade');
  }

  get storyFile(): string {
    return join(this.dir, 'story.json');
  }

  keepDocument(kept: KeptDocument): void {
    writeIn(join(this.dir, 'documents'), `${kept.document}.json`, { ...kept });
  }

  document(id: string): KeptDocument | undefined {
    const path = join(this.dir, 'documents', `${id}.json`);
    const json = readJsonIfPresent(path);
    return json === undefined ? undefined : documentOf(path, json);
  }

  /** All documents that are kept, by number. */
  documents(): readonly KeptDocument[] {
    const dir = join(this.dir, 'documents');
    if (!existsSync(dir)) return [];
    return readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .map((name) => documentOf(join(dir, name), readJsonFile(join(dir, name))))
      .toSorted((a, b) => (a.number < b.number ? -1 : 1));
  }

  /** File of a deal's terms, as the bank hands it to the holder. */
  termsFile(deal: Uint8Array): string {
    return join(this.dir, 'terms', `${toHex(deal)}.json`);
  }

  keepTerms(terms: Terms): string {
    writeIn(join(this.dir, 'terms'), `${toHex(terms.deal)}.json`, termsJson(terms));
    return this.termsFile(terms.deal);
  }

  /** Opened terms of a deal. Throws FileUnreadable when they were never handed over. */
  terms(deal: Uint8Array): Terms {
    return readTerms(readJsonFile(this.termsFile(deal)));
  }

  keepPayment(deal: Uint8Array, message: string, { proof, message: hash, salt }: Payment): void {
    const opened = { proof: toHex(proof), messageHash: toHex(hash), salt: toHex(salt) };
    writeIn(join(this.dir, 'payments'), `${toHex(deal)}.json`, { ...opened, message });
  }
}

function writeIn(dir: string, name: string, json: Json): void {
  makePrivateDir(dir);
  writePrivateFile(join(dir, name), prettyJson(json));
}

function documentOf(path: string, json: Json): KeptDocument {
  const one = isJsonObject(json) ? json : {};
  const text = (name: string): string => {
    const value = one[name];
    if (typeof value !== 'string') throw damaged(path, `it has no ${name}`);
    return value;
  };
  const { kind, units } = one;
  if (kind !== 'invoice' && kind !== 'credit-note') throw damaged(path, 'it is no document');
  if (typeof units !== 'number') throw damaged(path, 'it has no units');
  const document = text('document');
  if (fromHex(document)?.length !== 32) throw damaged(path, 'its id is no hash');
  return {
    document,
    path: text('path'),
    name: text('name'),
    kind,
    number: text('number'),
    seller: text('seller'),
    buyer: text('buyer'),
    currency: text('currency'),
    units,
    issued: text('issued'),
    due: text('due'),
  };
}

function damaged(path: string, reason: string): HanseError {
  return new HanseError('FileCorrupt', { path, reason });
}
