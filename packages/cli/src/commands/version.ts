import { ENGINE_VERSION, PROTOCOL_VERSION } from '@hanse/model';
import type { Context } from '../context.ts';
import { version } from '../version.ts';

/** Show the versions of Hanse, its protocol and what it runs on. */
export async function run({ out }: Context): Promise<void> {
  const { nativeReport } = await import('@hanse/native');
  const json = {
    hanse: version,
    protocol: PROTOCOL_VERSION,
    engine: ENGINE_VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    native: { intl: { ...nativeReport('intl') }, sm: { ...nativeReport('sm') } },
  };
  out.result(json, () => {
    const { hanse, protocol, engine, node, platform } = json;
    return `Hanse ${hanse} · protocol ${protocol} · engine ${engine} · Node ${node} · ${platform}`;
  });
}
