import { must } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { fakeApi } from '../../test/api.ts';
import { Fake } from '../../test/fake.ts';
import { shortDid } from '../i18n/format.ts';
import { NameBook } from './names.ts';

const fake = new Fake('intl', Date.now());
const { chain } = fake.story;
const [bank] = chain.organisations;
const didOfClient = (index: number): string =>
  chain.party(chain.genesis.network, 'person', `Client ${index}`, [must(bank, 'a bank').did]).did;

async function settled(book: NameBook, count: number): Promise<ReadonlyMap<string, string>> {
  while (book.snapshot().size < count) await new Promise((done) => setTimeout(done, 1));
  return book.snapshot();
}

describe('the book of names', () => {
  it('keeps every name, however many are asked for at once, and asks for each once', async () => {
    const api = fakeApi(fake);
    const book = new NameBook(api);
    const dids = Array.from({ length: 30 }, (_, index) => didOfClient(index));
    book.want(dids);
    book.want(dids);
    const names = await settled(book, 30);
    expect(dids.map((did) => names.get(did))).toEqual(dids.map((_, index) => `Client ${index}`));
    expect(api.asked).toHaveLength(30);
  });

  it('asks for nothing that the genesis names', async () => {
    const api = fakeApi(fake);
    const book = new NameBook(api);
    const { did } = must(bank, 'a bank');
    book.seed(new Map([[did, 'Bank of the East']]));
    book.want([did]);
    expect(api.asked).toEqual([]);
  });

  it('names who has no name by the organisation and the DID', async () => {
    const book = new NameBook(fakeApi(fake));
    const { did } = fake.story.nameless;
    book.want([did]);
    const names = await settled(book, 1);
    expect(names.get(did)).toBe(`Bank of the East · ${shortDid(did)}`);
  });
});
