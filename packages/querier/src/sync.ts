import { type Aborted, E, type Either, equalBytes, type Watch } from '@vouchsafe/core';
import { HolderManifest, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import { type HolderFault, type HoldersFailed, holdersFailed } from './errors.ts';
import { fetchIndex } from './fetch-index.ts';
import type { Link } from './link.ts';
import { sealWith } from './seal-with.ts';
import { send, type Target } from './transport.ts';

/** Some holder failed; what the others finished is kept, and the next call goes on from there. */
export type SyncError = Aborted | HoldersFailed;

/** What is in place with each holder, for each scheme. */
export interface SyncReport {
  readonly holders: readonly {
    readonly holder: string;
    readonly scheme: string;
    readonly match: boolean;
    readonly totals: boolean;
  }[];
}

/** Brings the links with all holders up to date: manifest → tag index → sealed table. */
export const syncHolders = async (
  context: QuerierContext,
  schemes: readonly string[],
  watch: Watch,
): Promise<Either<SyncError, SyncReport>> => {
  const results = await Promise.all(
    context.roster.map(async (target) => ({
      holder: target.holder,
      result: await syncHolder(context, { target, schemes, watch }),
    })),
  );
  const faults = results.flatMap(({ holder, result }) => (E.isLeft(result) ? [{ holder, fault: result.left }] : []));
  if (faults.length > 0) return E.left(holdersFailed(faults));
  return E.right({
    holders: schemes.flatMap((scheme) =>
      context.roster.map(({ holder }) => {
        const link = context.links.get(`${scheme}/${holder}`);
        return { holder, scheme, match: link?.match !== undefined, totals: link?.sealed !== undefined };
      }),
    ),
  });
};

const syncHolder = async (
  context: QuerierContext,
  { target, schemes, watch }: { readonly target: Target; readonly schemes: readonly string[]; readonly watch: Watch },
): Promise<Either<HolderFault, void>> => {
  const manifest = await fetchManifest(context, target, watch.signal);
  if (E.isLeft(manifest)) return manifest;
  const log = await context.logs.look(target, watch.signal);
  if (E.isLeft(log)) return log;
  for (const offered of manifest.right.schemes.filter(({ scheme }) => schemes.includes(scheme))) {
    const key = `${offered.scheme}/${target.holder}`;
    const update = (part: Partial<Link>): void => {
      const before: Link = context.links.get(key) ?? { totals: offered.totals };
      context.links.set(key, { ...before, ...part });
    };
    if (offered.index && !context.links.get(key)?.match) {
      const match = await fetchIndex(context, { target, offered, watch });
      if (E.isLeft(match)) return match;
      update({ match: match.right });
    }
    if (offered.totals && !context.links.get(key)?.sealed) {
      const sealed = await sealWith(context, { target, scheme: offered.scheme, watch });
      if (E.isLeft(sealed)) return sealed;
      update({ sealed: sealed.right });
    }
  }
  return E.right(undefined);
};

const fetchManifest = async (
  { epoch, federationHash, transport }: QuerierContext,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Either<HolderFault, HolderManifest>> => {
  const body = await send(transport, target, { route: ROUTES.manifest, signal });
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
