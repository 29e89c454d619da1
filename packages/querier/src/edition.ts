import { createInFlight, E, type InFlight } from '@vouchsafe/core';
import { sealedLinks } from './ask.ts';
import type { QuerierContext } from './context.ts';

/** A version of the federation document in use. A newer one takes its place while calls go on. */
export interface Edition {
  /** The live epochs, in rising order: one, or two while the newer one is being sealed. */
  readonly epochs: readonly QuerierContext[];
  /** What goes on under this version. */
  readonly inFlight: InFlight;
}

export const createEdition = (epochs: readonly QuerierContext[]): Edition => ({ epochs, inFlight: createInFlight() });

/** The epoch in which totals are asked: the newest one whose tables are all sealed, so that a new epoch takes over when it can, and no query is lost before. */
export const epochForTotals = ({ epochs }: Edition, scheme: string): QuerierContext =>
  epochs.findLast((context) => E.isRight(sealedLinks(context, scheme))) ?? epochs.at(-1)!;

/** The epoch in which people are matched: the newest one that is complete with every holder, else one in which some index is here. */
export const epochForMatch = ({ epochs }: Edition, scheme: string): QuerierContext => {
  const linksOf = ({ roster, links }: QuerierContext) => roster.map(({ holder }) => links.get(`${scheme}/${holder}`));
  return (
    epochs.findLast((context) => linksOf(context).every((link) => link?.complete)) ??
    epochs.findLast((context) => linksOf(context).some((link) => link?.match)) ??
    epochs.at(-1)!
  );
};
