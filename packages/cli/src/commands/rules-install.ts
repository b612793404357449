import { resolve } from 'node:path';
import { HanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { choiceOption, mustArgument, textOption, usage, type Input } from '../input.ts';
import { renderFields } from '../render/table.ts';
import { Importer } from '../trade/importer.ts';
import { keepRules, nameOfRules, readRuleText, RULE_SYNTAXES } from '../trade/rules.ts';
import { tradeWords } from '../trade/words.ts';

/** Compile a Schematron file off the event loop and install it for the syntax that it is written for. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, cwd } = context;
  const path = mustArgument(input, 0, 'file');
  const text = readRuleText(resolve(cwd, path));
  const importer = new Importer([]);
  try {
    const compiled = await importer.compile(text);
    if (!compiled.ok) {
      const { line, rule, reason } = compiled;
      throw new HanseError('RulePackInvalid', { path, line, rule, reason });
    }
    const found = RULE_SYNTAXES.find((one) => one === compiled.syntax);
    const syntax = choiceOption(input, 'syntax', RULE_SYNTAXES) ?? found;
    if (syntax === undefined) {
      throw usage(
        'The file does not say whether it is for UBL or CII: add --syntax ubl or --syntax cii.',
        '文件未说明适用于 UBL 还是 CII：请加 --syntax ubl 或 --syntax cii。',
      );
    }
    const name = textOption(input, 'name') ?? nameOfRules(text, compiled.title);
    const { title, checks } = compiled;
    const installed = keepRules(context, text, { syntax, name, title, checks });
    out.result({ ...installed }, () => {
      const { style } = out;
      const head = `${style.green('✓')} ${tradeWords(out.language).rulesInstalled(name, syntax, checks)}`;
      const rows = [
        ['SHA-256', installed.sha256],
        [out.words.fieldFile, installed.path],
      ] as const;
      return `${head}\n${renderFields(rows, { style, indent: 2 })}`;
    });
  } finally {
    await importer.close();
  }
}
