import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import {
  HanseError,
  isErrorName,
  isHanseError,
  limits,
  nameOf,
  type ErrorFrame,
  type ErrorName,
} from '@hanse/kit';
import type { Refusal } from '@hanse/model';

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
  return new HanseError(name, params, undefined, framesOf(value['frames']));
}

function framesOf(json: Json | undefined): readonly ErrorFrame[] {
  if (json === undefined || !isJsonArray(json)) return [];
  return json.slice(0, limits.callDepthMax).flatMap((one) => {
    const { contract, at } = isJsonObject(one) ? one : {};
    return typeof contract === 'string' && typeof at === 'string' ? [{ contract, at }] : [];
  });
}

/** What a contract rejected a call for, in its own words. */
export type Rejection = {
  readonly contract: string;
  readonly method: string;
  /** The contract's own code, such as `NO_FUNDS`. */
  readonly reason: string;
  readonly message: string;
  /** Places in the contract's code, innermost first. */
  readonly frames: readonly ErrorFrame[];
};

/**
 * The rejection behind an error, unless it is something else.
 *
 * @example if (rejectionOf(error)?.reason === 'NO_FUNDS') askForMoney();
 */
export function rejectionOf(error: unknown): Rejection | undefined {
  if (!isHanseError(error) || error.codeName !== 'ContractRejected') return undefined;
  const text = (name: string): string => String(error.params[name] ?? '');
  return {
    contract: text('contract'),
    method: text('method'),
    reason: text('reason'),
    message: text('message'),
    frames: error.frames,
  };
}

/** The error of a refused receipt: the catalogue's, or `ContractRefused` for a contract's own code. */
export function errorOfRefusal(refusal: Refusal, call: string): HanseError {
  const name = nameOf(refusal.code) ?? plainName(refusal.code);
  const params = Object.fromEntries(refusal.params.map(({ name: key, value }) => [key, value]));
  if (name !== undefined) return new HanseError(name, params, undefined, refusal.frames);
  const [contract = '', method = ''] = call.split('.');
  const reason = refusal.message === '' ? refusal.code : refusal.message;
  return new HanseError('ContractRefused', { contract, method, reason }, undefined, refusal.frames);
}

function plainName(code: string): ErrorName | undefined {
  return isErrorName(code) ? code : undefined;
}
