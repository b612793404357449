/** The organisations of a local network, one validator each, in the order of their indexes. */
export const ORGANISATIONS = ['bank', 'supplier', 'carrier', 'warehouse'] as const;

/** Local name of an organisation's own identity; its operator bears the plain name. */
export function organisationIdentity(name: string): string {
  return `${name}.org`;
}
