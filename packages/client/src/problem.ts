import { HanseError, isErrorName, nameOf, type ErrorName } from '@hanse/kit';
import type { Refusal } from '@hanse/model';
import { isJsonObject, type Json } from '@hanse/codec';

/** The error a node's problem document stands for, or undefined when the value is none. */
export function errorOfProblem(value: Json | undefined): HanseError | undefined {
  if (!isJsonObject(value) || typeof value['code'] !== 'string') return undefined;
  const name = nameOf(value['code']);
  if (name === undefined) {
    const detail = typeof value['detail'] === 'string' ? value['detail'].slice(0, 500) : '';
    return new HanseError('Internal', { message: `${value['code']} ${detail}` });
  }
  const params: Record<string, string> = {};
  if (isJsonObject(value['params'])) {
    for (const [key, one] of Object.entries(value['params'])) {
      if (typeof one === 'string') params[key] = one.slice(0, 500);
    }
  }
  return new HanseError(name, params);
}

/** The error of a refused receipt: the catalogue's, or `ContractRefused` for a contract's own code. */
export function errorOfRefusal(refusal: Refusal, call: string): HanseError {
  const name = nameOf(refusal.code) ?? plainName(refusal.code);
  const params = Object.fromEntries(refusal.params.map(({ name: key, value }) => [key, value]));
  if (name !== undefined) return new HanseError(name, params);
  const [contract = '', method = ''] = call.split('.');
  const reason = refusal.message === '' ? refusal.code : refusal.message;
  return new HanseError('ContractRefused', { contract, method, reason });
}

function plainName(code: string): ErrorName | undefined {
  return isErrorName(code) ? code : undefined;
}
