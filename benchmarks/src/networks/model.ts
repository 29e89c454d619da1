import type { Measurement } from '../measurement.ts';

/** A way between two parties. */
export interface Network {
  readonly name: string;
  readonly bitsPerSecond: number;
  /** There and back, in seconds. */
  readonly roundTrip: number;
}

/** From a rack to a bad line between two offices. */
export const NETWORKS: readonly Network[] = [
  { name: 'LAN, 1 Gbit/s, 1 ms', bitsPerSecond: 1e9, roundTrip: 0.001 },
  { name: 'WAN, 100 Mbit/s, 20 ms', bitsPerSecond: 1e8, roundTrip: 0.02 },
  { name: 'slow WAN, 10 Mbit/s, 80 ms', bitsPerSecond: 1e7, roundTrip: 0.08 },
];

/** What the model says, for people. */
export const MODEL =
  'time = measured time (both sides on one machine, loopback) + 8 · (bytes sent + bytes received) / bandwidth + round trips · round-trip time. Nothing overlaps: neither computing with sending, nor one direction with the other, nor one round trip with the next; pipelining can only make it faster. Bytes are bodies of messages as measured: headers of TCP, TLS and HTTP, signatures in HTTP headers and slow start are not in them.';

/** Seconds that a measured exchange takes over a network, by the model. */
export const secondsOver = (
  { bitsPerSecond, roundTrip }: Network,
  { median, sent, received, turns }: Pick<Measurement, 'median' | 'sent' | 'received' | 'turns'>,
): number => median + (8 * (sent + received)) / bitsPerSecond + turns * roundTrip;
