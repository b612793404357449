export { compileSchematron, type RuleInfo, type RuleSet } from './ruleset.ts';
export type { CheckError, Finding, Verdict } from './rules/check.ts';
export type { CompileError } from './rules/problem.ts';
export type { FaultCode } from './fault.ts';
export { checkLimits, packLimits, type CheckLimits, type DocumentLimits } from './limits.ts';
export { parseXml, type XmlError } from './xml.ts';
export type { XmlName, XmlNode, XmlTree } from './tree.ts';
