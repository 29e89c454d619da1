import { bytesToHex, E, type Either, encodeCanonical, i2osp, lengthPrefixed, utf8ToBytes, type Watch } from '@vouchsafe/core';
import { createVoprfServer, deriveKeyPair, type InvalidInput } from '@vouchsafe/oprf';
import { buildIndex, IndexManifest } from '@vouchsafe/psi/index';
import type { HolderContext } from './context.ts';
import type { LoadedScheme } from './service.ts';

/** The VOPRF key of this (holder, scheme, epoch), and the tag index over the holder's own subjects under it. Progress counts subjects. */
export const buildMatch = async (
  { federation, group, id, padTo, store }: HolderContext,
  { scheme, ids, watch }: { readonly scheme: string; readonly ids: readonly Uint8Array[]; readonly watch: Watch },
): Promise<Either<InvalidInput, NonNullable<LoadedScheme['match']>>> => {
  const { epoch } = federation;
  const { match } = await store.epochSecrets(epoch);
  const info = lengthPrefixed(utf8ToBytes(federation.id), utf8ToBytes(id), utf8ToBytes(scheme), i2osp(epoch, 4));
  const keys = await deriveKeyPair({ seed: match.reveal(), info }, group);
  const server = createVoprfServer(keys, group);
  const outputs = await server.evaluate(ids, watch);
  if (E.isLeft(outputs)) return outputs;
  const about = { federation: federation.id, holder: id, epoch, scheme, pkS: keys.pkS };
  const { manifest, segments } = await buildIndex({ outputs: outputs.right, about, padTo, watch });
  return E.right({
    server,
    manifest: encodeCanonical(IndexManifest.encode(manifest)),
    segments: new Map(segments.map((segment, i) => [bytesToHex(manifest.segments[i]!.sha256), segment])),
  });
};
