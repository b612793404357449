import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '@hanse/kit';
import { compileSchematron } from '@hanse/schematron';
import {
  importWithRules,
  syntaxOfRules,
  type InstalledRules,
  type NamedRules,
} from '@hanse/trade-finance';
import type { Compiled, ImporterAnswer, ImporterJob } from './trade/importer.ts';

type RuleFile = { readonly syntax: 'ubl' | 'cii'; readonly name: string; readonly path: string };

const port = must(parentPort, 'it runs as a worker');
const { rules } = workerData as { readonly rules: readonly RuleFile[] };
let installed: InstalledRules | undefined;

/** The installed rules, compiled when the first document needs them. */
function compiledRules(): InstalledRules | undefined {
  if (rules.length === 0 || installed !== undefined) return installed;
  const sets: { ubl?: NamedRules; cii?: NamedRules } = {};
  for (const { syntax, path, name } of rules) {
    const compiled = compileSchematron(readFileSync(path, 'utf8'));
    if (!compiled.ok) throw new Error(`${path}: ${compiled.error.message}`);
    sets[syntax] = { name, set: compiled.value };
  }
  installed = sets;
  return installed;
}

function compile(text: string): Compiled {
  const compiled = compileSchematron(text);
  if (!compiled.ok) {
    const { line, rule, message: reason } = compiled.error;
    return { ok: false, line, rule, reason };
  }
  const { title, rules: checks } = compiled.value;
  return { ok: true, title, checks: checks.length, syntax: syntaxOfRules(text) };
}

function answer(job: ImporterJob): ImporterAnswer {
  const { id } = job;
  try {
    if (job.kind === 'compile') return { id, kind: 'compiled', compiled: compile(job.text) };
    const result = importWithRules(job.bytes, job.name, compiledRules());
    return { id, kind: 'imported', result };
  } catch (error) {
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (job: ImporterJob) => port.postMessage(answer(job)));
