import { createHash } from 'node:crypto';
import { bytesToHex, E, type Either, equalBytes, hexToBytes, verifySignature, type Watch } from '@vouchsafe/core';
import { createVoprfClient } from '@vouchsafe/oprf';
import { indexStatement, memberOf, ROUTES, readEnvelope, type SchemeManifest } from '@vouchsafe/protocol';
import { badSegment, checkManifest, IndexManifest, type IndexSegment, openIndex } from '@vouchsafe/psi/index';
import type { QuerierContext } from './context.ts';
import { download } from './download.ts';
import { type HolderFault, type IndexNotSigned, type IndexRolledBack, olderThanUsed, rolledBack } from './errors.ts';
import type { MatchLink } from './link.ts';
import { openPaid } from './paid.ts';
import type { IndexPin, PinnedIndexes } from './store/index.ts';
import type { Target } from './transport.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/**
 * Brings the copy of a holder's tag index up to date: manifest, signed and of the right epoch → files that are missing, by their hashes → everything checked → pinned. Files that are in the cache are not
 * fetched again, a broken-off download goes on, and a file that is not what its name says is fetched anew. Progress counts bytes (task `index <holder>`).
 */
export const fetchIndex = async (
  context: QuerierContext,
  { target, offered, watch }: { readonly target: Target; readonly offered: SchemeManifest; readonly watch: Watch },
): Promise<Either<HolderFault, MatchLink>> => {
  const { cache, federation, group, store } = context;
  const manifest = readOffer(context, target, offered);
  if (E.isLeft(manifest)) return manifest;
  const { epoch, scheme, segments } = manifest.right;
  const pin: IndexPin = {
    epoch,
    manifest: sha256(offered.index!),
    names: segments.map((segment) => bytesToHex(segment.sha256)),
  };
  const before = await store.pins.read(target.holder, scheme);
  const fault = goesBack(before, pin);
  if (fault) return E.left(fault);
  const pkS = await group.receive(manifest.right.pkS);
  if (E.isLeft(pkS)) return pkS;

  const files: Uint8Array[] = [];
  const total = segments.reduce((sum, { size }) => sum + size, 0);
  let complete = 0;
  for (const [number, segment] of segments.entries()) {
    const onBytes = (bytes: number): void =>
      watch.onProgress?.({ task: `index ${target.holder}`, done: complete + bytes, total });
    const file = await fetchSegment(context, { target, number, segment, onBytes, signal: watch.signal });
    if (E.isLeft(file)) return file;
    files.push(file.right);
    complete += segment.size;
    onBytes(0);
  }
  const index = await openIndex(manifest.right, files, { signal: watch.signal });
  if (E.isLeft(index)) return index;
  const live = federation.epochs.map(({ number }) => number);
  // Files of epochs that are over.
  for (const name of await store.pins.write(target.holder, scheme, { pin, live })) await cache.remove(name);
  const paid = await openPaid(store.sent, { holder: target.holder, scheme, epoch });
  return E.right({ index: index.right, client: createVoprfClient({ pkS: pkS.right }, group), paid });
};

/** The manifest, when it is the holder's, about what was asked for, and without contradictions. */
const readOffer = (
  { federation, epoch: { number } }: QuerierContext,
  { holder }: Target,
  { index, scheme, signature }: SchemeManifest,
): Either<HolderFault, IndexManifest> => {
  const publicKey = hexToBytes(memberOf(federation, holder, 'holder')!.signKey);
  if (!signature || !verifySignature({ publicKey, message: indexStatement(index!), signature })) return E.left(notSigned);
  const manifest = readEnvelope(IndexManifest, index!);
  if (E.isLeft(manifest)) return manifest;
  const { right: about } = manifest;
  if (about.federation !== federation.id || about.holder !== holder || about.epoch !== number || about.scheme !== scheme)
    return E.left({ _tag: 'OutOfStep', message: 'offers a tag index of another federation, holder, epoch or scheme' });
  return checkManifest(about);
};

/** One file, from the cache or from the holder, with the hash that it is named by. */
const fetchSegment = async (
  { cache, transport }: QuerierContext,
  {
    target,
    number,
    segment: { sha256: hash, size },
    onBytes,
    signal,
  }: {
    readonly target: Target;
    readonly number: number;
    readonly segment: IndexSegment;
    readonly onBytes: (bytes: number) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Either<HolderFault, Uint8Array>> => {
  const name = bytesToHex(hash);
  const isIt = (file: Uint8Array): boolean => file.length === size && equalBytes(sha256(file), hash);
  const kept = await cache.read(name);
  if (kept && isIt(kept)) return E.right(kept);
  if (kept) await cache.remove(name);
  for (;;) {
    const { length } = await cache.partial(name);
    const from = length < size ? length : 0;
    const write = async (at: number, bytes: Uint8Array): Promise<void> => {
      await cache.write(name, at, bytes);
      onBytes(at + bytes.length);
    };
    if (length !== size) {
      const route = ROUTES.indexSegment.replace(':sha256', name);
      const done = await download(transport, target, { route, name, size, from, write, signal });
      if (E.isLeft(done)) {
        // What such an answer began with is not to be gone on with.
        if (done.left._tag === 'BadResponse') await cache.remove(name);
        return done;
      }
    }
    const file = await cache.partial(name);
    if (isIt(file)) {
      await cache.complete(name);
      return E.right(file);
    }
    await cache.remove(name);
    // What came now is bad, or what was left of an earlier download: then all of it is fetched, once.
    if (length === 0) return E.left(badSegment(number, 'hash'));
  }
};

const goesBack = ({ pins, used }: PinnedIndexes, offered: IndexPin): IndexRolledBack | undefined => {
  if (used !== undefined && offered.epoch < used) return olderThanUsed(offered.epoch, used);
  const before = pins.find(({ epoch }) => epoch === offered.epoch);
  if (before && !equalBytes(offered.manifest, before.manifest))
    return rolledBack(
      `offers another tag index, or key, in epoch ${offered.epoch} than before: they stay the same for a whole epoch. Ask its operator; a lost store wants a new epoch`,
    );
  return undefined;
};

const notSigned: IndexNotSigned = {
  _tag: 'IndexNotSigned',
  message: 'offers a tag index that it did not sign with its key in the federation document',
};
