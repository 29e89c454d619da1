import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, domain, lengthPrefixed, rowOf, Secret, utf8ToBytes } from '@vouchsafe/core';
import { createGroup, type Elements } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderByKey, permuteRows, rowScalars } from './rows.ts';

/** Rows of four bytes from few values, so that keys share their first bytes, and whole keys, often. */
const fewRows = fc.array(fc.array(fc.constantFrom(0, 1, 2, 255), { minLength: 4, maxLength: 4 }), { maxLength: 60 });

describe('the order of rows', () => {
  it('is that of their bytes; equal rows keep their places', async () => {
    await fc.assert(
      fc.asyncProperty(fewRows, async (rows) => {
        const packed = Uint8Array.from(rows.flat());
        const wanted = rows
          .map((row, i) => ({ row: Buffer.from(row), i }))
          .sort((a, b) => Buffer.compare(a.row, b.row) || a.i - b.i);
        const order = await orderByKey(packed, 4);
        expect([...order]).toEqual(wanted.map(({ i }) => i));
        expect(await permuteRows(packed as Elements, 4, order)).toEqual(Uint8Array.from(wanted.flatMap(({ row }) => [...row])));
      }),
    );
  });

  it('is that of their bytes for many rows that share their first bytes, or are equal', async () => {
    const packed = seededRng('alike')(4 * 3000).map((byte) => byte & 3);
    const rows = Array.from({ length: 3000 }, (_, i) => ({ row: Buffer.from(rowOf(packed, 4, i)), i }));
    const wanted = rows.sort((a, b) => Buffer.compare(a.row, b.row) || a.i - b.i).map(({ i }) => i);
    expect([...(await orderByKey(packed, 4))]).toEqual(wanted);
  });

  it('is that of their bytes for many uniform rows', async () => {
    const packed = seededRng('order')(32 * 5000);
    const rows = Array.from({ length: 5000 }, (_, i) => rowOf(packed, 32, i));
    const sorted = await permuteRows(packed as Elements, 32, await orderByKey(packed, 32));
    expect(Buffer.compare(sorted, concatBytes(...rows.sort(Buffer.compare)))).toBe(0);
  });
});

describe('the scalars of rows', () => {
  const group = createGroup();
  const noble = createGroup({ backend: 'noble' });
  const seed = new Secret(seededRng('seed')(32));
  const rows = [new Uint8Array(0), utf8ToBytes('row'), new Uint8Array(512).fill(7)];
  const scalarsFor = (use: string) =>
    rowScalars({ seed, use: utf8ToBytes(use), count: rows.length, describe: (i) => rows[i]! }, group);

  it('are HMAC-SHA512 under the seed, over the use, then over the row, modulo q: the same for ever', () => {
    const key = hmac(sha512, seed.reveal(), lengthPrefixed(domain('joinRow'), utf8ToBytes('seal')));
    const wanted = rows.map((row) => noble.reduceWide(hmac(sha512, key, row)));
    expect(scalarsFor('seal')).toEqual(concatBytes(...wanted));
  });

  it('differ by row and by use', () => {
    const all = ['seal', 'blind'].flatMap((use) =>
      rows.map((_, i) => Buffer.from(rowOf(scalarsFor(use), 32, i)).toString('hex')),
    );
    expect(new Set(all).size).toBe(6);
  });
});
