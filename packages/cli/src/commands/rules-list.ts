import type { Context } from '../context.ts';
import { renderTable } from '../render/table.ts';
import { installedRules } from '../trade/rules.ts';
import { tradeWords } from '../trade/words.ts';

/** List the rule packs of this project. */
export async function run(context: Context): Promise<void> {
  const { out } = context;
  const words = tradeWords(out.language);
  const rules = installedRules(context);
  out.result({ rules: rules.map((one) => ({ ...one })) }, () => {
    if (rules.length === 0) return words.noRules;
    return renderTable(
      [
        { title: out.words.name },
        { title: words.syntax },
        { title: words.checks, align: 'right' },
        { title: 'SHA-256', shrinks: true },
      ],
      rules.map(({ name, syntax, checks, sha256 }) => [name, syntax, String(checks), sha256]),
      { style: out.style, width: out.width },
    );
  });
}
