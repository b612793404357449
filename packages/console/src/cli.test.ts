import { describe, expect, it } from 'vitest';
import { cli, quote } from './cli.ts';

describe('commands to copy', () => {
  it('quote what a shell would take apart', () => {
    expect(cli.deposit('scan-1.pdf')).toBe('hanse evidence deposit scan-1.pdf');
    expect(quote('a b')).toBe("'a b'");
    expect(quote("it's; rm -rf")).toBe(String.raw`'it'\''s; rm -rf'`);
    expect(quote('$(x)')).toBe("'$(x)'");
  });
});
