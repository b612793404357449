/**
 * File name of the guest's runtime in stacks; frames of it are not the author's.
 */
export const RUNTIME_FILE = 'hanse:runtime';
/** File name of a contract's code in stacks. */
export const CODE_FILE = 'contract.js';

/**
 * The script that makes an engine into a place for contracts. It runs once, before the base image is taken,
 * with the global `hanse` in place. It removes what differs between machines or runs, and what shows the
 * engine's inner life; what is left is the language.
 *
 * Its value is a list of functions that the host keeps: no contract can reach or replace them.
 */
export const runtimeSource = `(function (global) {
  'use strict';
  const remove = (object, names) => {
    for (const name of names) {
      if (object && !delete object[name]) throw new TypeError(name + ' cannot be removed');
    }
  };
  remove(Math, ['random']);
  remove(global, [
    'Atomics', 'SharedArrayBuffer', 'WeakRef', 'FinalizationRegistry', 'Date', 'performance', 'Intl',
    'navigator', 'gc', 'print', 'scriptArgs', 'queueMicrotask', 'DOMException', 'atob', 'btoa', 'bjson',
  ]);
  // An array over a buffer that changes its size would tell the host a length that holds no longer.
  remove(ArrayBuffer.prototype, ['resize']);
  Error.stackTraceLimit = 16;
  remove(Error, ['prepareStackTrace', 'stackTraceLimit', 'captureStackTrace']);
  const nothing = () => undefined;
  const console = { debug: nothing, error: nothing, info: nothing, log: nothing, warn: nothing };
  Object.defineProperty(global, 'console', { value: Object.freeze(console) });
  Object.freeze(global.hanse.host);
  Object.freeze(global.hanse);
  Object.defineProperty(global, 'hanse', { writable: false, configurable: false, enumerable: false });
  const stack = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
  const call = Function.prototype.call;
  const getStack = stack && stack.get ? call.bind(stack.get) : (error) => error.stack;
  const NewError = Error;
  return [
    (high, low) => (high << 64n) | low,
    getStack,
    () => getStack(new NewError()),
  ];
})(globalThis);
`;
