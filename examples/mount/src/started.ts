/** A server that listens. */
export interface Started {
  readonly close: () => Promise<unknown>;
}
