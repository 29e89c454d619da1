import { type Aborted, E, type Either, equalBytes, type StoreFault, type Watch } from '@vouchsafe/core';
import { HolderManifest, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import { type HolderFault, type HoldersFailed, holdersFailed } from './errors.ts';
import { fetchIndex } from './fetch-index.ts';
import type { Link } from './link.ts';
import { sealedBefore, sealWith } from './seal-with.ts';
import { send, type Target } from './transport.ts';

/** Some holder failed; what the others finished is kept, and the next call goes on from there. */
export type SyncError = Aborted | StoreFault | HoldersFailed;

/** What is in place with each holder, for each scheme. */
export interface SyncReport {
  /** The newest epoch, which this is about. */
  readonly epoch: number;
  readonly holders: readonly {
    readonly holder: string;
    readonly scheme: string;
    readonly match: boolean;
    readonly totals: boolean;
  }[];
}

/**
 * Brings the links with all holders up to date: manifest → tag index → sealed table. An older live epoch goes on answering until the newest one is complete, so that what is there of it, e.g. after
 * a restart, is taken up again; nothing is sealed in it any more.
 * @param epochs the live ones, in rising order
 */
export const syncHolders = async (epochs: readonly QuerierContext[], task: SyncTask): Promise<Either<SyncError, SyncReport>> => {
  const context = epochs.at(-1)!;
  const { schemes } = task;
  for (const older of epochs.slice(0, -1)) await syncEpoch(older, { ...task, sealing: false });
  const faults = await syncEpoch(context, task);
  if (faults.length > 0) return E.left(holdersFailed(faults));
  return E.right({
    epoch: context.epoch.number,
    holders: schemes.flatMap((scheme) =>
      context.roster.map(({ holder }) => {
        const link = context.links.get(`${scheme}/${holder}`);
        return { holder, scheme, match: link?.match !== undefined, totals: link?.sealed !== undefined };
      }),
    ),
  });
};

/** What is to be brought up to date. */
interface SyncTask {
  readonly schemes: readonly string[];
  /** May a table be sealed? If not, only one that is sealed already is taken up. */
  readonly sealing: boolean;
  readonly watch: Watch;
}

const syncEpoch = async (
  context: QuerierContext,
  task: SyncTask,
): Promise<readonly { readonly holder: string; readonly fault: HolderFault }[]> => {
  const results = await Promise.allSettled(context.roster.map((target) => syncHolder(context, target, task)));
  // An abort or a store that fails: told when nobody is at work any more, so that the next call has the field to itself.
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.flatMap((result, i) =>
    result.status === 'fulfilled' && E.isLeft(result.value)
      ? [{ holder: context.roster[i]!.holder, fault: result.value.left }]
      : [],
  );
};

const syncHolder = async (
  context: QuerierContext,
  target: Target,
  { schemes, sealing, watch }: SyncTask,
): Promise<Either<HolderFault, void>> => {
  for (const scheme of sealing ? [] : schemes) {
    const sealed = await sealedBefore(context, { holder: target.holder, scheme, epoch: context.epoch.number });
    if (sealed) updateLink(context, `${scheme}/${target.holder}`, { totals: true, sealed });
  }
  const manifest = await fetchManifest(context, target, watch.signal);
  if (E.isLeft(manifest)) return manifest;
  const log = await context.logs.look(target, watch.signal);
  if (E.isLeft(log)) return log;
  for (const offered of manifest.right.schemes.filter(({ scheme }) => schemes.includes(scheme))) {
    const key = `${offered.scheme}/${target.holder}`;
    const { totals, root } = offered;
    const sealedRoot = context.links.get(key)?.sealed?.root;
    if (root && sealedRoot && !equalBytes(root, sealedRoot)) return E.left(otherRows);
    if (offered.index && !context.links.get(key)?.match) {
      const match = await fetchIndex(context, { target, offered, watch });
      if (E.isLeft(match)) return match;
      updateLink(context, key, { totals, match: match.right });
    }
    if (totals && sealing && !context.links.get(key)?.sealed) {
      const sealed = await sealWith(context, { target, scheme: offered.scheme, watch });
      if (E.isLeft(sealed)) return sealed;
      updateLink(context, key, { totals, sealed: sealed.right });
    }
    updateLink(context, key, { totals, bulk: offered.bulk, complete: true });
  }
  return E.right(undefined);
};

const otherRows: HolderFault = {
  _tag: 'RootMismatch',
  message:
    'commits itself to other rows than those that were sealed here: do not use its table, and ask its operator whether it lost its store',
};

const updateLink = ({ links }: QuerierContext, key: string, part: Link): void => {
  links.set(key, { ...links.get(key), ...part });
};

const fetchManifest = async (
  { epoch, federationHash, transport }: QuerierContext,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, HolderManifest>> => {
  const body = await send(transport, target, { route: ROUTES.manifest, query: { epoch: epoch.number }, signal });
  if (E.isLeft(body)) return body;
  const manifest = readEnvelope(HolderManifest, body.right);
  if (E.isLeft(manifest)) return manifest;
  if (!equalBytes(manifest.right.federation, federationHash))
    return E.left({ _tag: 'OutOfStep', message: 'has another federation document: get the current one, on both sides' });
  if (manifest.right.holder !== target.holder || manifest.right.epoch !== epoch.number)
    return E.left({
      _tag: 'OutOfStep',
      message: 'answers under another name or in another epoch than the federation document says',
    });
  return manifest;
};
