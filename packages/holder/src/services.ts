import { E, type Either } from '@vouchsafe/core';
import { type OutOfStep, outOfStep } from './errors.ts';
import type { Service } from './service.ts';

/** The services of the live epochs in whose roster this holder is: one, or two while the newer one is being sealed. */
export interface Services {
  /** In the order of their epochs. */
  readonly all: readonly Service[];
  readonly newest: Service;
  of(epoch: number): Either<OutOfStep, Service>;
}

/** @param all at least one */
export const servicesOf = (all: readonly Service[]): Services => ({
  all,
  newest: all.at(-1)!,
  of: (epoch) => {
    const own = all.find(({ context }) => context.epoch.number === epoch);
    const live = all.map(({ context }) => context.epoch.number).join(' and ');
    return own ? E.right(own) : E.left(outOfStep(`live here is epoch ${live}: get the current federation document, then sync`));
  },
});
