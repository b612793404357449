import type { Shape } from '@hanse/codec';
import { unreachable, utf8 } from '@hanse/kit';
import type { Guest } from './guest.ts';

/** A name with its UTF-8. */
export type PlanName = { readonly name: string; readonly utf8: Uint8Array };

/** A shape made ready for one program: names as atoms of its image. */
export type Plan =
  | { readonly kind: 'u8' | 'u16' | 'u32' | 'u64' | 'bool' | 'amount' | 'date' }
  | { readonly kind: 'int'; readonly min: number; readonly max: number }
  | { readonly kind: 'text' | 'bytes'; readonly bytesMax: number }
  | { readonly kind: 'fixed'; readonly sizeBytes: number }
  | { readonly kind: 'oneOf'; readonly names: readonly PlanName[] }
  | { readonly kind: 'option'; readonly item: Plan }
  | {
      readonly kind: 'list';
      readonly item: Plan;
      readonly itemsMin: number;
      readonly itemsMax: number;
    }
  | { readonly kind: 'struct'; readonly fields: readonly PlanField[] }
  | {
      readonly kind: 'union';
      readonly kindAtom: number;
      readonly valueAtom: number;
      readonly cases: readonly (PlanName & { readonly plan: Plan })[];
    };

/** A field of a struct: its name as an atom, and its plan. */
export type PlanField = { readonly name: string; readonly atom: number; readonly plan: Plan };

/** Prepare a shape; its names become atoms of the guest's memory. */
export function planOf(guest: Guest, shape: Shape): Plan {
  switch (shape.kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'bool':
    case 'amount':
    case 'date':
      return { kind: shape.kind };
    case 'int':
      return { kind: 'int', min: shape.min, max: shape.max };
    case 'text':
    case 'bytes':
      return { kind: shape.kind, bytesMax: shape.bytesMax };
    case 'fixed':
      return { kind: 'fixed', sizeBytes: shape.sizeBytes };
    case 'oneOf':
      return { kind: 'oneOf', names: shape.names.map(named) };
    case 'option':
      return { kind: 'option', item: planOf(guest, shape.item.shape) };
    case 'list': {
      const { itemsMin, itemsMax } = shape;
      return { kind: 'list', item: planOf(guest, shape.item.shape), itemsMin, itemsMax };
    }
    case 'struct':
      return {
        kind: 'struct',
        fields: Object.entries(shape.fields).map(([name, field]) => ({
          name,
          atom: guest.atom(name),
          plan: planOf(guest, field.shape),
        })),
      };
    case 'union':
      return {
        kind: 'union',
        kindAtom: guest.atom('kind'),
        valueAtom: guest.atom('value'),
        cases: Object.entries(shape.cases).map(([name, one]) => ({
          ...named(name),
          plan: planOf(guest, one.shape),
        })),
      };
    default:
      return unreachable(shape);
  }
}

function named(name: string): PlanName {
  return { name, utf8: utf8(name) };
}
