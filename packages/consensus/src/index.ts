export { Consensus } from './consensus.ts';
export { leaderOf } from './leader.ts';
export {
  timerNames,
  type BatchWant,
  type ConsensusConfig,
  type ConsensusEvent,
  type ConsensusStatus,
  type Effect,
  type Evidence,
  type FinalPoint,
  type PayloadCheck,
  type PayloadPort,
  type PeerReport,
  type PersistRecord,
  type Restored,
  type TimerName,
  type VoteIntent,
} from './types.ts';
