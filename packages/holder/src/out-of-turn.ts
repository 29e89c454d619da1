/** A step of the setup came out of turn. */
export interface OutOfTurn {
  readonly _tag: 'OutOfTurn';
  readonly message: string;
}

export const outOfTurn = (message: string): OutOfTurn => ({ _tag: 'OutOfTurn', message });
