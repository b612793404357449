import type { ReactNode } from 'react';
import {
  decode,
  isJsonArray,
  isJsonObject,
  type AnySchema,
  type Json,
  type Schema,
} from '@hanse/codec';
import { toHex } from '@hanse/kit';
import { systemContracts, type ContractInterface } from '@hanse/model';
import { loadContract } from '../data/contracts.ts';
import { useApp, useChecked, useText } from '../state.ts';
import { Time } from './basic.tsx';
import { Skeleton } from './states.tsx';

const contracts: Readonly<Record<string, ContractInterface>> = systemContracts;
const SHOWN_CHARS = 4_000;
const TIMES = new Set(['time', 'capturedAt', 'validUntil']);

/** What bytes are decoded by: a part of a contract's interface. */
export type Part =
  | { readonly contract: string; readonly method: string; readonly side: 'args' | 'result' }
  | { readonly contract: string; readonly event: string };

/** The JSON view of canonical bytes by the schema of a contract; undefined when it is unknown or does not fit. */
export function decodePart(part: Part, bytes: Uint8Array): Json | undefined {
  const contract = Object.hasOwn(contracts, part.contract) ? contracts[part.contract] : undefined;
  if (contract === undefined) return undefined;
  return viewBytes(schemaIn(contract, part), bytes);
}

function schemaIn(contract: ContractInterface, part: Part): AnySchema | undefined {
  return 'event' in part ? own(contract.events, part.event) : methodSchema(contract, part);
}

function viewBytes(schema: AnySchema | undefined, bytes: Uint8Array): Json | undefined {
  if (schema === undefined) return undefined;
  // The interface tells schemas by shape only; what they decode is shown, never relied on.
  const typed = schema as Schema<unknown>;
  const value = decode(typed, bytes);
  return value.ok ? typed.toJson(value.value) : undefined;
}

function methodSchema(
  contract: ContractInterface,
  { method, side }: { readonly method: string; readonly side: 'args' | 'result' },
): AnySchema | undefined {
  return own(contract.methods, method)?.[side];
}

function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** Decoded bytes, or the raw ones where no schema is known. */
export function Decoded(parts: { readonly part: Part; readonly bytes: Uint8Array }): ReactNode {
  const { part, bytes } = parts;
  const json = decodePart(part, bytes);
  if (json !== undefined) return <Value json={json} name="" />;
  return Object.hasOwn(contracts, part.contract) ? <Raw bytes={bytes} /> : <Deployed {...parts} />;
}

/** Bytes of a deployed contract, by the manifest in its proved record. */
function Deployed({ part, bytes }: { readonly part: Part; readonly bytes: Uint8Array }): ReactNode {
  const { api } = useApp();
  const { contract } = part;
  const { resource } = useChecked({ key: `contract/${contract}` }, (chain) =>
    loadContract(api, chain, contract),
  );
  if (resource.kind === 'loading') return <Skeleton rows={2} />;
  const offers = resource.kind === 'ready' ? resource.value.offers : undefined;
  const json = offers === undefined ? undefined : viewBytes(schemaIn(offers, part), bytes);
  return json === undefined ? <Raw bytes={bytes} /> : <Value json={json} name="" />;
}

function Raw({ bytes }: { readonly bytes: Uint8Array }): ReactNode {
  const { m } = useText();
  return (
    <>
      <p className="note">{m.tx.unknownCall}</p>
      <code className="hash whole">{toHex(bytes).slice(0, SHOWN_CHARS)}</code>
    </>
  );
}

/** Any JSON value, nested as it is; names are the protocol's own and stay untranslated. */
export function Value({ json, name }: { readonly json: Json; readonly name: string }): ReactNode {
  const { m, f } = useText();
  if (json === null) return <span className="note">{m.common.none}</span>;
  if (typeof json === 'boolean') return json ? m.common.yes : m.common.no;
  if (typeof json === 'number') return TIMES.has(name) ? <Time ms={json} /> : f.number(json);
  if (typeof json === 'string') {
    if (/^[0-9a-f]{64}$/.test(json)) return <code className="hash whole">{json}</code>;
    return <span className="text-value">{json.slice(0, SHOWN_CHARS)}</span>;
  }
  if (isJsonArray(json)) {
    if (json.length === 0) return <span className="note">{m.common.none}</span>;
    return (
      <ol className="values">
        {json.map((one, index) => (
          <li key={index}>
            <Value json={one} name={name} />
          </li>
        ))}
      </ol>
    );
  }
  const members = isJsonObject(json) ? Object.entries(json) : [];
  if (members.length === 0) return <span className="note">{m.common.none}</span>;
  return (
    <dl className="fields nested">
      {members.map(([key, one]) => (
        <div key={key}>
          <dt>
            <code>{key}</code>
          </dt>
          <dd>
            <Value json={one} name={key} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
