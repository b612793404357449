import { encode, schemaOf, shapeFromJson } from '@hanse/codec';
import { isHanseError, toHex, utf8 } from '@hanse/kit';
import type { ContractRecord } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { readRow } from './rows.ts';

const field = { kind: 'int', min: 1, max: 9 } as const;
const option = { kind: 'option', item: { kind: 'bool' } } as const;

function manifestWith(...fields: readonly (readonly [string, object])[]): Uint8Array {
  const row = { kind: 'struct', fields };
  const tables = [{ name: 'key', row, key: ['epoch'] }];
  return utf8(JSON.stringify({ abi: 1, name: 'claims', tables }));
}

function bytesOf(value: unknown, ...fields: readonly (readonly [string, object])[]): Uint8Array {
  const shape = shapeFromJson({ kind: 'struct', fields: fields as never });
  if (!shape.ok) throw new Error(shape.error);
  return encode(schemaOf(shape.value), value);
}

/** A chain with one contract and one record; counts how often the manifest is read. */
function chainOf(manifests: readonly Uint8Array[], value: Uint8Array | undefined) {
  const asked: string[] = [];
  let reads = 0;
  const client = {
    deployed: async () => {
      const manifest = manifests[Math.min(reads, manifests.length - 1)] ?? new Uint8Array();
      reads += 1;
      return { record: { manifest } as ContractRecord, offers: {} as never };
    },
    record: async (key: Uint8Array) => {
      asked.push(toHex(key));
      return { value, height: 7, time: 1, proof: { final: '', record: '' } };
    },
  };
  return { client, asked, reads: () => reads };
}

const name = { contract: 'claims', table: 'key', key: { epoch: 3 } };

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'read',
    (error: unknown) => (isHanseError(error) ? error.codeName : String(error)),
  );
}

describe('a row of a contract', () => {
  it('is read where the manifest says it lies, the manifest once', async () => {
    const value = bytesOf({ epoch: 3 }, ['epoch', field]);
    const chain = chainOf([manifestWith(['epoch', field])], value);
    expect(await readRow(chain.client, name)).toMatchObject({ value: { epoch: 3 }, height: 7 });
    await readRow(chain.client, name);
    expect(chain.reads()).toBe(1);
    expect(chain.asked[0]).toBe(`${toHex(utf8('c/claims/r/key/'))}8000000000000003`);
  });

  it('can be proved absent', async () => {
    const chain = chainOf([manifestWith(['epoch', field])], undefined);
    expect((await readRow(chain.client, name)).value).toBeUndefined();
  });

  it('is read by the newer manifest when an upgrade has widened it', async () => {
    const fields = [
      ['epoch', field],
      ['isOld', option],
    ] as const;
    const value = bytesOf({ epoch: 3, isOld: true }, ...fields);
    const chain = chainOf([manifestWith(['epoch', field]), manifestWith(...fields)], value);
    expect((await readRow(chain.client, name)).value).toEqual({ epoch: 3, isOld: true });
    expect(chain.reads()).toBe(2);
  });

  it('is refused when no manifest fits, the key is out of bounds, or there is no such table', async () => {
    const broken = chainOf([manifestWith(['epoch', field])], new Uint8Array(3));
    expect(await codeOf(readRow(broken.client, name))).toBe('ProofMalformed');
    const chain = chainOf([manifestWith(['epoch', field])], undefined);
    const other = { ...name, key: { epoch: 10 } };
    expect(await codeOf(readRow(chain.client, other))).toBe('BadArguments');
    expect(await codeOf(readRow(chain.client, { ...name, table: 'none' }))).toBe('BadArguments');
  });
});
