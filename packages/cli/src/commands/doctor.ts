import { statfsSync, statSync } from 'node:fs';
import { isHanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { reasonOf } from '../files.ts';
import { textIn, type Text } from '../language.ts';
import { viewError } from '../render/error.ts';
import { pad } from '../render/width.ts';
import { formatBytes, shortId } from '../render/values.ts';

type Status = 'ok' | 'warning' | 'failed';
type Finding = {
  readonly name: string;
  readonly status: Status;
  readonly detail: string;
  readonly fix?: string;
};

const FREE_BYTES_MIN = 1024 ** 3;
const ASK_MS = 3_000;
const CLOCK_MS_MAX = 500;
const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const;
const NAME_WIDTH = 12;

/** Check the machine, the keys and the nodes. Exit code 1 when something has to be done. */
export async function run(context: Context): Promise<number> {
  const { out } = context;
  const { words, style } = out;
  const findings = [
    checkNode(context),
    await checkCrypto(context),
    checkDisk(context),
    ...checkKeys(context),
    checkTrust(context),
    ...(await checkNodes(context)),
  ];
  const problems = findings.filter((one) => one.status !== 'ok');
  const failed = findings.some((one) => one.status === 'failed');
  const checks = findings.map((one) => ({ ...one }));
  out.result({ ok: !failed, checks }, () => {
    const colours = { ok: style.green, warning: style.yellow, failed: style.red };
    const lines = findings.map(({ name, status, detail, fix }) => {
      const head = `${colours[status](MARKS[status])} ${pad(name, NAME_WIDTH)} ${detail}`;
      return fix === undefined ? head : `${head}\n  ${pad('', NAME_WIDTH)} ${style.dim(fix)}`;
    });
    const end = problems.length === 0 ? words.allWell : words.problemsFound(problems.length);
    return [...lines, '', end].join('\n');
  });
  return failed ? exitCodes.failed : exitCodes.ok;
}

function finding(
  { out }: Context,
  name: string,
  status: Status,
  texts: { readonly detail: Text; readonly fix?: Text },
): Finding {
  const detail = textIn(texts.detail, out.language);
  const base = { name, status, detail };
  return texts.fix === undefined ? base : { ...base, fix: textIn(texts.fix, out.language) };
}

function same(text: string): Text {
  return { en: text, zh: text };
}

function checkNode(context: Context): Finding {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return finding(context, 'node', isNew ? 'ok' : 'failed', {
    detail: same(`Node ${node} · ${process.platform}-${process.arch}`),
    ...(isNew
      ? {}
      : { fix: { en: 'Install Node 20.19 or newer.', zh: '请安装 Node 20.19 或更高版本。' } }),
  });
}

async function checkCrypto(context: Context): Promise<Finding> {
  const { createNativeSuite, nativeReport } = await import('@hanse/native');
  try {
    for (const id of ['intl', 'sm'] as const) createNativeSuite(id);
  } catch (error) {
    const { what, why, fix } = viewError(error, context.out.language);
    return { name: 'crypto', status: 'failed', detail: `${what} ${why}`, fix };
  }
  const slots = (id: 'intl' | 'sm'): number => Object.keys(nativeReport(id)).length;
  return finding(context, 'crypto', 'ok', {
    detail: {
      en: `start-up tests pass · native parts: intl ${slots('intl')}, sm ${slots('sm')}`,
      zh: `启动自检通过 · 原生部分：intl ${slots('intl')}，sm ${slots('sm')}`,
    },
  });
}

function checkDisk(context: Context): Finding {
  const { bavail, bsize } = statfsSync(context.project.root);
  const freeBytes = bavail * bsize;
  const isEnough = freeBytes >= FREE_BYTES_MIN;
  return finding(context, 'disk', isEnough ? 'ok' : 'warning', {
    detail: { en: `${formatBytes(freeBytes)} free`, zh: `可用 ${formatBytes(freeBytes)}` },
    ...(isEnough
      ? {}
      : {
          fix: {
            en: 'Free some space: a full disk stops a validator.',
            zh: '请释放空间：磁盘写满会使验证节点停止。',
          },
        }),
  });
}

function checkKeys(context: Context): readonly Finding[] {
  const { identities, settings } = context;
  const list = identities.list();
  const current = settings.as.value;
  const open = list.filter(({ path }) => (statSync(path).mode & 0o077) !== 0);
  const findings = open.map(({ name, path }) =>
    finding(context, 'keys', 'failed', {
      detail: {
        en: `other users can read the key of ${name}`,
        zh: `其他用户可读取 ${name} 的密钥`,
      },
      fix: same(`chmod 600 ${path}`),
    }),
  );
  const hasCurrent = list.some(({ name }) => name === current);
  const own = finding(context, 'identity', hasCurrent ? 'ok' : 'warning', {
    detail: hasCurrent
      ? {
          en: `${current} signs · ${list.length} keys here`,
          zh: `${current} 签名 · 本地 ${list.length} 把密钥`,
        }
      : { en: `there is no key of "${current}" here`, zh: `本地没有“${current}”的密钥` },
    ...(hasCurrent
      ? {}
      : {
          fix: {
            en: 'Start a network with hanse dev, or choose one with hanse id use.',
            zh: '请用 hanse dev 启动网络，或用 hanse id use 选择身份。',
          },
        }),
  });
  return [...findings, own];
}

function checkTrust(context: Context): Finding {
  const { value, origin } = context.settings.genesis;
  if (value !== undefined) {
    return finding(context, 'genesis', 'ok', { detail: same(`${shortId(value)} (${origin})`) });
  }
  return finding(context, 'genesis', 'warning', {
    detail: { en: 'no genesis hash is known for these nodes', zh: '这些节点的创世哈希未知' },
    fix: {
      en: 'Give --genesis, or put "genesis" into .hanse/config.json: without it the first node is believed.',
      zh: '请用 --genesis 指定，或写入 .hanse/config.json；否则将信任首个应答节点。',
    },
  });
}

async function checkNodes(context: Context): Promise<readonly Finding[]> {
  const { createClient } = await import('@hanse/client');
  const { urls } = context.settings;
  const heads = await Promise.all(
    urls.value.map(async (url): Promise<{ readonly finding: Finding; readonly time: number }> => {
      try {
        const client = createClient({ urls: [url] });
        const head = await client.head({ timeoutMs: ASK_MS, signal: context.signal });
        const seen = head.validators.filter((one) => one.self || one.connected).length;
        const isWhole = seen === head.validators.length;
        const facts = `${url}  ${head.network} · ${head.suite}`;
        return {
          finding: finding(context, 'api', isWhole ? 'ok' : 'warning', {
            detail: {
              en: `${facts} · height ${head.height} · sees ${seen} of ${head.validators.length} validators`,
              zh: `${facts} · 高度 ${head.height} · 可见验证节点 ${seen}/${head.validators.length}`,
            },
            ...(isWhole ? {} : { fix: same('hanse why') }),
          }),
          time: head.time,
        };
      } catch (error) {
        const reason = isHanseError(error) ? String(error.params['reason'] ?? '') : reasonOf(error);
        const failed = finding(context, 'api', 'failed', {
          detail: { en: `${url} does not answer: ${reason}`, zh: `${url} 无应答：${reason}` },
          fix: {
            en: 'Start a network with hanse dev, or name another node with --url.',
            zh: '请用 hanse dev 启动网络，或用 --url 指定其他节点。',
          },
        });
        return { finding: failed, time: 0 };
      }
    }),
  );
  const newest = Math.max(0, ...heads.map((one) => one.time));
  const findings = heads.map((one) => one.finding);
  return newest > context.nowMs() + CLOCK_MS_MAX
    ? [...findings, slowClock(context, newest)]
    : findings;
}

function slowClock(context: Context, newest: number): Finding {
  const behindMs = newest - context.nowMs();
  return finding(context, 'clock', 'warning', {
    detail: {
      en: `this machine is ${behindMs} ms behind the newest block`,
      zh: `本机时钟比最新区块慢 ${behindMs} 毫秒`,
    },
    fix: { en: 'Let the clock be set by NTP.', zh: '请使用 NTP 校准时钟。' },
  });
}
