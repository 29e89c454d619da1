import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { concatBytes, csprng, utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { createVoprfClient, createVoprfServer, generateKeyPair } from '@vouchsafe/oprf';
import { buildIndexOfTags, openIndex, tagBits, tagBytes, tagsOf } from '@vouchsafe/psi/index';
import { median } from '../rounds.ts';
import { ABOUT, right } from './ours.ts';

const LOOKUPS = 10_000;

/** Tags of so many others. */
const strangers = (count: number, t: number): Uint8Array =>
  tagsOf(concatBytes(...Array.from({ length: Math.ceil(count / 1024) }, () => csprng(65_536))).subarray(0, count * 64), t);

/** Memory in use after a collection, in MiB: what objects and arrays hold. */
const usedMiB = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  await setImmediate();
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

/** An index of n subjects: what it takes to open it and to look 10,000 up, what memory it takes beside the files, to ask about one, and its size. Tags of strangers are as good as random. */
export const measureLargeIndex = async (n: number, rounds: number): Promise<Readonly<Record<string, number>>> => {
  const group = createGroup();
  const keys = await generateKeyPair(group);
  const server = createVoprfServer(keys, group);
  const t = tagBits(n);
  const width = tagBytes(t);
  const subject = utf8ToBytes('cn-rid:one');
  const own = right(await server.evaluate([subject]));
  const tags = concatBytes(tagsOf(own, t), strangers(n - 1, t));
  const { manifest, segments } = await buildIndexOfTags({ tags, t, padTo: 1000, about: { ...ABOUT, pkS: keys.pkS } });

  const asked = tags.slice(0, LOOKUPS * width);
  const opening: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const opened = right(await openIndex(manifest, segments));
    if (opened.lookup(asked).includes(0)) throw new Error('the index lacks a tag');
    if (round > 0) opening.push(performance.now() - start);
  }

  await usedMiB();
  const before = await usedMiB();
  const index = right(await openIndex(manifest, segments));
  const openMemoryMiB = (await usedMiB()) - before;
  const client = createVoprfClient({ pkS: keys.pkS }, group);
  const asking: number[] = [];
  for (let round = 0; round < 20 * rounds; round++) {
    const start = performance.now();
    const { state, message } = right(await client.blind([subject]));
    const seen = right(await client.finalize(state, right(await server.blindEvaluate(message))));
    if (index.lookup(tagsOf(seen, t))[0] !== 1) throw new Error('the subject is not found');
    if (round >= rounds) asking.push(performance.now() - start);
  }
  return {
    openAndLookup1e4Ms: median(opening),
    openMemoryMiB,
    onlineOneMs: median(asking),
    bytesPerSubject: segments.reduce((sum, { length }) => sum + length, 0) / n,
  };
};
