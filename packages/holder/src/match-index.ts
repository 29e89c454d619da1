import { createHmac } from 'node:crypto';
import {
  bytesToHex,
  domain,
  E,
  type Either,
  encodeCanonical,
  equalBytes,
  i2osp,
  lengthPrefixed,
  rowOf,
  type SpillCount,
  utf8ToBytes,
  type Watch,
} from '@vouchsafe/core';
import { createVoprfServer, deriveKeyPair, type InvalidInput, OUTPUT_BYTES, type VoprfServer } from '@vouchsafe/oprf';
import { buildIndexInOrder, IndexManifest, paddedSize, tagBits, tagsOfPrefixes } from '@vouchsafe/psi/index';
import type { HolderContext } from './context.ts';
import { createIndexBatches, type IndexBatch } from './index-batches.ts';
import type { SubjectSink } from './load.ts';
import type { IndexStore } from './store/index.ts';

/** The VOPRF server of this (holder, scheme, epoch). */
export const serverOf = async (
  { federation, epoch: { number: epoch }, group, id, store }: HolderContext,
  scheme: string,
): Promise<VoprfServer> => {
  const { match } = await store.epochSecrets(epoch);
  const info = lengthPrefixed(utf8ToBytes(federation.id), utf8ToBytes(id), utf8ToBytes(scheme), i2osp(epoch, 4));
  return createVoprfServer(await deriveKeyPair({ seed: match.reveal(), info }, group), group);
};

/** Bytes of an output that are kept until the index is built: more than any tag has. */
const KEPT_BYTES = 32;
/** Outputs read at a time. */
const PAGE = 16_384;

/**
 * The tag index over the holder's own subjects: evaluate in batches → sort on the disk → encode segment by segment. Memory does not grow with the records but for the dummies. A load
 * that was broken off goes on: a batch of subjects that was evaluated then is not evaluated again. Progress counts evaluated subjects, then tags.
 */
export const indexSink = async (context: HolderContext, scheme: string): Promise<SubjectSink> => {
  const { federation, epoch, id, padTo, store } = context;
  const index = await store.index(scheme, epoch.number);
  const server = await serverOf(context, scheme);
  const { match: seed } = await store.epochSecrets(epoch.number);
  let watching: Watch = {};
  const evaluate = async ({ number, ids, rows }: IndexBatch): Promise<Either<InvalidInput, void>> => {
    const mark = markOf(seed.reveal(), scheme, { ids, rows });
    const before = await index.mark(number);
    if (before && equalBytes(before, mark)) return E.right(undefined);
    const outputs = await server.evaluate(ids, { signal: watching.signal });
    if (E.isLeft(outputs)) return outputs;
    const kept = new Uint8Array(ids.length * KEPT_BYTES);
    for (let i = 0; i < ids.length; i++) kept.set(rowOf(outputs.right, OUTPUT_BYTES, i).subarray(0, KEPT_BYTES), i * KEPT_BYTES);
    await index.add({ batch: number, outputs: kept, numbers: rows, mark });
    return E.right(undefined);
  };
  let batches = createIndexBatches(evaluate);
  return {
    isComplete: async () => (await index.read()) !== undefined,
    begin: async () => {
      batches = createIndexBatches(evaluate);
    },
    take: (subjects, watch) => {
      watching = watch;
      return batches.add(subjects);
    },
    end: () => batches.end(),
    complete: async (watch) => {
      await index.end(batches.count());
      const duplicates: number[] = [];
      const count = await index.count((number) => duplicates.push(number));
      const n = paddedSize(count.rows, padTo);
      const t = tagBits(n);
      const names: string[] = [];
      const manifest = await buildIndexInOrder({
        pages: () => tagPages(index, count, t),
        rows: count.rows,
        about: { federation: federation.id, holder: id, epoch: epoch.number, scheme, pkS: server.pkS },
        begin: async () => {
          names.length = 0;
          await index.beginSegments();
        },
        put: async (segment, { sha256 }) => {
          names.push(bytesToHex(sha256));
          await index.addSegment(bytesToHex(sha256), segment);
        },
        ...{ n, t, padTo, watch },
      });
      await index.put({ manifest: encodeCanonical(IndexManifest.encode(manifest)), names });
      return duplicates.sort((a, b) => a - b);
    },
  };
};

/** The holder's own tags in their order. */
async function* tagPages(index: IndexStore, count: SpillCount, t: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < count.rows; from += PAGE)
    yield tagsOfPrefixes({ prefixes: await index.outputs(count, from, PAGE), width: KEPT_BYTES, t });
}

/** Identifiers can be guessed, so what stands for them on the disk is keyed with the epoch's secret. */
const markOf = (seed: Uint8Array, scheme: string, { ids, rows }: Omit<IndexBatch, 'number'>): Uint8Array => {
  const mac = createHmac('sha256', seed).update(lengthPrefixed(domain('matchBatch'), utf8ToBytes(scheme)));
  for (const [i, id] of ids.entries()) mac.update(lengthPrefixed(id, i2osp(rows[i]!, 6)));
  return new Uint8Array(mac.digest());
};
