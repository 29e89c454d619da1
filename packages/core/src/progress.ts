/** How far a long task is. `done` and `total` count the task's own unit (rows, elements, bytes), as its documentation says. */
export interface Progress {
  readonly task: string;
  readonly done: number;
  readonly total: number;
}

/** What every long call takes: a listener for its progress and a way to stop it. */
export interface Watch {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The caller stopped the work through its AbortSignal. What was finished and paid for stays. */
export interface Aborted {
  readonly _tag: 'Aborted';
  readonly message: string;
}

/** The one value of {@link Aborted}: it has nothing else to tell. */
export const aborted: Aborted = { _tag: 'Aborted', message: 'stopped by the caller; call again to go on' };
