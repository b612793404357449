import type { Context } from '../context.ts';
import { renderTable } from '../render/table.ts';

/** List the identities whose keys are here. */
export async function run(context: Context): Promise<void> {
  const { out, identities, settings } = context;
  const { words, style, width } = out;
  const current = settings.as.value;
  const list = identities.list();
  const json = list.map(({ name, did, kid, alg }) => {
    return { name, did, kid, alg, current: name === current };
  });
  out.result({ identities: json }, () => {
    if (list.length === 0) return words.noIdentities;
    return renderTable(
      [
        { title: '' },
        { title: words.name },
        { title: 'DID' },
        { title: words.key },
        { title: words.algorithm },
      ],
      list.map(({ name, did, kid, alg }) => [
        name === current ? style.green('●') : ' ',
        name,
        did,
        kid,
        alg,
      ]),
      { style, width },
    );
  });
}
