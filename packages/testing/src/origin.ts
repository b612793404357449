import { fileURLToPath } from 'node:url';

const PLACE = /(?:\(|at )((?:file:\/\/)?[^()]+?\.[cm]?[jt]sx?)(?:\?[^:()]*)?:\d+:\d+\)?$/;

/**
 * The file that declared a contract, by the stack of the declaration: the first file that is another one than
 * the library's, whose function stands on top.
 */
export function fileOfOrigin(stack: string): string | undefined {
  const files = stack.split('\n').flatMap((line) => {
    const file = PLACE.exec(line.trim())?.[1];
    if (file === undefined) return [];
    return file.startsWith('file://') ? fileURLToPath(file) : file;
  });
  return files.find((file) => file !== files[0]);
}
