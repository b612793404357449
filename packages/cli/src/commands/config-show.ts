import type { Context } from '../context.ts';
import { renderTable } from '../render/table.ts';

/** Show the settings and where each one comes from. */
export async function run({ out, settings, project }: Context): Promise<void> {
  const { words, style, width } = out;
  const rows = [
    { name: 'url', value: settings.urls.value.join(', '), origin: settings.urls.origin },
    { name: 'as', value: settings.as.value, origin: settings.as.origin },
    { name: 'genesis', value: settings.genesis.value ?? '–', origin: settings.genesis.origin },
    { name: 'data', value: settings.data.value, origin: settings.data.origin },
    { name: 'project', value: project.dir, origin: 'default' },
  ];
  out.result({ settings: rows }, () =>
    renderTable(
      [{ title: words.setting }, { title: words.value }, { title: words.origin }],
      rows.map(({ name, value, origin }) => [name, value, origin]),
      { style, width },
    ),
  );
}
