export { readConfig, type Address, type NodeConfig } from './config.ts';
export { runNode, type RunningNode } from './node.ts';
