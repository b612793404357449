import { close, makeCurrent, publish } from './claims/epochs.ts';
import { ask, finance, lockWhole, release, setRules } from './claims/locks.ts';
import {
  credit,
  endSlice,
  financeSlice,
  invoice,
  lockSlice,
  pack,
  renewSlice,
  unpack,
} from './claims/forpacks.ts';
import {
  bySeller,
  credits,
  epochs,
  get,
  getLock,
  hits,
  locksOf,
  registryKeys,
  statusByTag,
  statusOfDocument,
  verdicts,
} from './claims/queries.ts';
import { cancel, recheck, recordVerdict, review } from './claims/record.ts';
import { app } from './claims/tables.ts';

/** The registry of exclusive claims: an invoice is financed once, and nobody needs to see it for that. */
export const contract = app.contract({
  name: 'claims',
  methods: {
    publish,
    makeCurrent,
    close,
    recordVerdict,
    ask,
    lock: lockWhole,
    finance,
    release,
    cancel,
    recheck,
    review,
    setRules,
    pack,
    unpack,
    lockSlice,
    renewSlice,
    financeSlice,
    endSlice,
    credit,
    get,
    invoice,
    status: statusOfDocument,
    statusByTag,
    bySeller,
    getLock,
    locksOf,
    credits,
    hits,
    registryKeys,
    epochs,
    verdicts,
  },
});
