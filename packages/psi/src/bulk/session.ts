import { E, type Either } from '@vouchsafe/core';
import { type BulkError, sessionOver } from './errors.ts';

/** What a step ends in. */
export interface BulkTurn<State extends string> {
  /** What the session waits for now. `sending`: nothing, call `step` again for the next message. */
  readonly state: State;
  /** For the other party. */
  readonly message?: Uint8Array;
  /** The receiver's result: the numbers of its identifiers that the sender has too, ascending; of equal ones the first. */
  readonly matches?: Uint32Array;
}

/** One run of one role. */
export interface BulkSession<State extends string> {
  readonly state: State;
  /**
   * The next step. After an error, and after the last step, everything secret is wiped and the session is over: its seeds and leaves are never used again.
   * @param message what the other party sent; none where the session speaks first or goes on
   */
  step(message?: Uint8Array): Promise<Either<BulkError, BulkTurn<State>>>;
  /** Ends the session early and wipes it. */
  close(): void;
}

/** What a role's step does: a turn, or why not. */
export type Step<State extends string> = (message: Uint8Array) => Promise<Either<BulkError, BulkTurn<State>>>;

/** A session over the steps of each state; one that has no step is the end. */
export const createSession = <State extends string>(
  first: State,
  steps: Readonly<Partial<Record<State, Step<State>>>>,
  end: () => void,
): BulkSession<State> => {
  let state = first;
  let over = false;
  let busy = false;
  const finish = (): void => {
    if (over) return;
    over = true;
    // A step that runs ends first.
    if (!busy) end();
  };
  return {
    get state() {
      return state;
    },
    step: async (message = new Uint8Array(0)) => {
      if (busy) throw new RangeError('a session takes one step after the other: wait for the one that runs');
      const step = steps[state];
      if (over || step === undefined) return E.left(sessionOver);
      busy = true;
      let turn: Either<BulkError, BulkTurn<State>> = E.left(sessionOver);
      try {
        // A Buffer's `slice` shares its bytes, an array's copies them: what comes from a socket is read as an array.
        turn = await step(new Uint8Array(message.buffer, message.byteOffset, message.length));
        if (over) return E.left(sessionOver);
        return turn;
      } finally {
        busy = false;
        if (E.isRight(turn)) state = turn.right.state;
        if (over) end();
        else if (E.isLeft(turn) || steps[state] === undefined) finish();
      }
    },
    close: finish,
  };
};
