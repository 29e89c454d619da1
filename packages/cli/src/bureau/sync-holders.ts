import { E } from '@vouchsafe/core';
import { fine } from '../command.ts';
import type { Result } from '../outcome.ts';
import { table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, watchOf, withQuerier } from './open-bureau.ts';

/** Seals with every holder. */
export const syncBureau = async (call: BureauCall, world: World): Result => {
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const { federation } = documents.right;
  const scheme = call.scheme === undefined ? E.right(undefined) : schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const schemes = scheme.right === undefined ? federation.schemes : [scheme.right];
  return withQuerier({ documents: documents.right, call }, world, async (querier) => {
    const { end, ...watch } = watchOf(call, world);
    try {
      const synced = await querier.sync({ ...watch, schemes })();
      if (E.isLeft(synced)) return E.left(querierFailure(synced.left));
      const { epoch, holders } = synced.right;
      const yes = (is: boolean): string => (is ? 'yes' : 'not granted');
      return fine(
        [
          table(
            ['epoch', 'lender', 'scheme', 'totals', 'match'],
            holders.map(({ holder, scheme: own, totals, match }) => [String(epoch), holder, own, yes(totals), yes(match)]),
          ),
          'Everything is in place.',
        ].join('\n'),
        { epoch, holders },
      );
    } finally {
      end();
    }
  });
};
