import type { ROUTES } from '@vouchsafe/protocol';

/** What a request was: the route's name, and for a query its kind, once its terms are read. `none`: there is no such route. */
export type RequestKind = 'aggregate' | 'signal' | keyof typeof ROUTES | 'none';

/** What became of one request, for an operator's metrics and logs. Nothing in it depends on rows or says who was asked about. */
export interface Answered {
  readonly kind: RequestKind;
  /** The member whose signature the request carries; none when it is not genuine. */
  readonly member: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number;
  /** The tag of the refusal, when it is one. */
  readonly code: string | undefined;
  /** From the request's headers to the answer, in milliseconds. */
  readonly ms: number;
}

/** Is told of answers, one after the other. */
export type Observer = (answered: Answered) => void;

/** Those who want to be told. */
export interface Observers {
  /** @returns what ends it */
  readonly add: (observer: Observer) => () => void;
  /** No observer can spoil an answer: what one throws goes to `onError`. */
  readonly tell: Observer;
}

export const createObservers = (onError: (error: unknown) => void): Observers => {
  const all = new Set<Observer>();
  return {
    add: (observer) => {
      all.add(observer);
      return () => void all.delete(observer);
    },
    tell: (answered) => {
      for (const observer of all)
        try {
          observer(answered);
        } catch (error) {
          onError(error);
        }
    },
  };
};
