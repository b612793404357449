/** Codes of dynamic errors, as the W3C recommendations name them. */
export type FaultCode =
  | 'FOAR0001' // division by zero
  | 'FOAR0002' // a number beyond the bounds
  | 'FOCA0002' // not a number that can be converted
  | 'FOCH0001' // no such character
  | 'FORG0001' // text that is no value of the type
  | 'FORG0003' // zero-or-one of more than one
  | 'FORG0004' // one-or-more of none
  | 'FORG0005' // exactly-one of none or more than one
  | 'FORG0006' // argument of a wrong type
  | 'FORX0001' // regular expression flags
  | 'FORX0002' // regular expression
  | 'FORX0003' // regular expression that matches nothing
  | 'FORX0004' // replacement text
  | 'XPDY0002' // no context item
  | 'XPDY0050' // treat as another type
  | 'XPTY0004' // wrong type or number of items
  | 'XPTY0018' // nodes and values mixed in a path
  | 'XPTY0019' // a step from a value
  | 'XPTY0020'; // an axis from a value

/** A dynamic error of an expression: the check that met it has no result. */
export class EvaluationFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The budget of steps is spent: the whole check ends. */
export class BudgetSpent extends Error {}
