/**
 * Execution order of a block's batches: one batch per lane in turn, lane after lane, from lane
 * `view mod n` on, so that no lane is always first.
 */
export function sweep<T>(perLane: readonly (readonly T[])[], view: number): readonly T[] {
  const rounds = Math.max(0, ...perLane.map((batches) => batches.length));
  const out: T[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < perLane.length; turn++) {
      const batch = perLane[(view + turn) % perLane.length]?.[round];
      if (batch !== undefined) out.push(batch);
    }
  }
  return out;
}
