export { FrameParser, type Frame } from './frames.ts';
export type { LinkStats } from './link.ts';
export { PeerNet, type Peer, type PeerNetConfig, type PeerStats } from './peers.ts';
export type { Priority, QueueLimits } from './queue.ts';
export type { InboundRates } from './rate.ts';
export { createTlsIdentity, publicKeySpkiOf, type TlsIdentity } from './tls.ts';
