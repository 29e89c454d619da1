import { MAX_BODY_BYTES } from '@vouchsafe/protocol';

/** What a client may take up before anything that it sent is looked at. */
export interface Limits {
  /** Request line and headers together; RFC 6585 431 above it. A signed request has about 1 KiB. */
  readonly headerBytes: number;
  /** A body that says that it is longer is refused unread, one that becomes longer is cut off. No message of the protocol is larger. */
  readonly bodyBytes: number;
  /** Bodies that are being read or answered at the same time, together; 503 above it. */
  readonly allBodyBytes: number;
  /** From the connection, or the answer before, to the last header. */
  readonly headersMs: number;
  /** From the first header to the last byte of the body. */
  readonly requestMs: number;
  /** An idle connection is kept so long. */
  readonly keepAliveMs: number;
  /** Above it the connection that has been silent longest makes room for a new one; none whose answer is being made does. */
  readonly connections: number;
  /** Requests on one connection whose answers were not sent yet (HTTP/1.1 pipelining); the connection ends above it. */
  readonly requestsAtOnce: number;
  /** Requests on one connection in its life. */
  readonly requestsPerConnection: number;
  /** Answers that are being made, on all connections; 503 above it. */
  readonly allRequestsAtOnce: number;
  /** How much of the body of a request that is answered already is still taken, so that the client gets to read the answer. */
  readonly drainBytes: number;
  readonly drainMs: number;
  /** How long a shutdown waits for answers under way. */
  readonly graceMs: number;
}

/** What a service starts with: sizes in bytes, times in milliseconds. */
export const DEFAULT_LIMITS: Limits = {
  headerBytes: 16 * 1024,
  bodyBytes: MAX_BODY_BYTES,
  allBodyBytes: 16 * MAX_BODY_BYTES,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 30_000,
  connections: 1000,
  requestsAtOnce: 16,
  requestsPerConnection: 100_000,
  allRequestsAtOnce: 256,
  drainBytes: 1024 * 1024,
  drainMs: 200,
  graceMs: 30_000,
};
