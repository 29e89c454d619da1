import { bytesToHex, E, encodeCanonical, i2osp, lengthPrefixed, rowOf, utf8ToBytes } from '@vouchsafe/core';
import { createVoprfServer, deriveKeyPair, OUTPUT_BYTES, type VoprfServer } from '@vouchsafe/oprf';
import { buildIndexOfTags, IndexManifest, paddedSize, tagBits, tagsOfPrefixes } from '@vouchsafe/psi/index';
import type { HolderContext } from './context.ts';
import type { SubjectSink } from './load.ts';

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
const PAGE = 65_536;

/** The tag index over the holder's own subjects. Progress counts evaluated subjects, then tags. */
export const indexSink = async (context: HolderContext, scheme: string): Promise<SubjectSink> => {
  const { federation, epoch, id, padTo, store } = context;
  const index = await store.index(scheme, epoch.number);
  const server = await serverOf(context, scheme);
  let batches = 0;
  return {
    isComplete: async () => (await index.read()) !== undefined,
    begin: () => index.begin(),
    take: async ({ ids, rows }, { signal }) => {
      const outputs = await server.evaluate(ids, { signal });
      if (E.isLeft(outputs)) return outputs;
      const kept = new Uint8Array(ids.length * KEPT_BYTES);
      for (let i = 0; i < ids.length; i++)
        kept.set(rowOf(outputs.right, OUTPUT_BYTES, i).subarray(0, KEPT_BYTES), i * KEPT_BYTES);
      await index.add(batches++, kept, rows);
      return E.right(undefined);
    },
    complete: async (watch) => {
      const duplicates: number[] = [];
      const count = await index.count((number) => duplicates.push(number));
      const t = tagBits(paddedSize(count.rows, padTo));
      const tags: Uint8Array[] = [];
      for (let from = 0; from < count.rows; from += PAGE)
        tags.push(tagsOfPrefixes({ prefixes: await index.outputs(count, from, PAGE), width: KEPT_BYTES, t }));
      const about = { federation: federation.id, holder: id, epoch: epoch.number, scheme, pkS: server.pkS };
      const { manifest, segments } = await buildIndexOfTags({ tags: Buffer.concat(tags), t, padTo, about, watch });
      const names = manifest.segments.map(({ sha256 }) => bytesToHex(sha256));
      await index.put({
        manifest: encodeCanonical(IndexManifest.encode(manifest)),
        segments: new Map(segments.map((segment, i) => [names[i]!, segment])),
      });
      return duplicates.sort((a, b) => a - b);
    },
  };
};
