import { domain, i2osp, lengthPrefixed, type Progress, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, randomScalar } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';

import { pseudonymsOf } from './pseudonyms.ts';

const group = createGroup();
const context = { federation: 'test', bureau: 'bureau', scheme: 'cn-rid', epoch: 1 };
const scalar = randomScalar(seededRng('pseudonyms'));
const idsOf = (count: number) => Array.from({ length: count }, (_, i) => utf8ToBytes(`cn-rid:${i}`));

describe('pseudonyms', () => {
  it('are k·Hash(id), Hash being RFC 9380’s with our tag: one by one, none, and over several chunks', async () => {
    for (const count of [0, 1, 5, 9000]) {
      const ids = idsOf(count);
      const hashed = await group.hashToGroup(
        ids.map((id) => lengthPrefixed(utf8ToBytes('test'), utf8ToBytes('cn-rid'), i2osp(1, 4), id)),
        domain('join'),
      );
      const wanted = await group.multiply(hashed, scalar);
      expect(Buffer.compare(await pseudonymsOf({ context, ids, scalar }, group), wanted)).toBe(0);
    }
  });

  it('tell progress to the end, and stop when told', async () => {
    const seen: Progress[] = [];
    await pseudonymsOf({ context, ids: idsOf(9000), scalar, watch: { onProgress: (one) => seen.push(one) } }, group);
    expect(seen.map(({ done, total }) => [done, total])).toEqual([4096, 8192, 9000].map((done) => [done, 9000]));
    const control = new AbortController();
    const onProgress = (): void => control.abort('enough');
    const stopped = pseudonymsOf({ context, ids: idsOf(9000), scalar, watch: { signal: control.signal, onProgress } }, group);
    await expect(stopped).rejects.toBe('enough');
  });
});
