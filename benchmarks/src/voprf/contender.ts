/** One batch from the inputs to the outputs, both sides: blind, evaluate, prove, verify, unblind, finalize. */
export interface Voprf {
  readonly by: string;
  readonly backend: string;
  readonly run: (inputs: readonly Uint8Array[]) => Promise<VoprfRun>;
}

/** The outputs, one an input, and the bytes that client and server send. */
export interface VoprfRun {
  readonly outputs: readonly Uint8Array[];
  readonly sent: number;
  readonly received: number;
}
