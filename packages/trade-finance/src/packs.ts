import { creditNote } from './packs/credit.ts';
import { recall, refuseRequest } from './packs/ending.ts';
import { accept, ask, finance, offer, release } from './packs/finance.ts';
import {
  confirm,
  issue,
  receive,
  requestConfirm,
  requestReceipt,
  review,
  withdraw,
} from './packs/issue.ts';
import {
  checkTerms,
  cycles,
  deal,
  deals,
  get,
  history,
  hits,
  holdings,
  intervals,
  issuers,
  list,
  request,
  requests,
  rules,
  used,
} from './packs/queries.ts';
import { setRules } from './packs/setrules.ts';
import { mature, present, settle } from './packs/settle.ts';
import { app } from './packs/tables.ts';
import { sign, transfer } from './packs/transfer.ts';

/** Title packs over invoices: confirmed by the debtor, divided, passed on, financed, paid. */
export const contract = app.contract({
  name: 'packs',
  methods: {
    issue,
    review,
    requestConfirm,
    confirm,
    withdraw,
    requestReceipt,
    receive,
    transfer,
    sign,
    refuse: refuseRequest,
    recall,
    ask,
    offer,
    accept,
    finance,
    release,
    mature,
    present,
    settle,
    creditNote,
    setRules,
    get,
    list,
    intervals,
    history,
    holdings,
    request,
    requests,
    deal,
    deals,
    checkTerms,
    used,
    hits,
    issuers,
    rules,
    cycles,
  },
});
