import { bytesToHex, decodeCanonical, E, encodeCanonical, utf8ToBytes } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { followLog, proofNeeded } from './follow-log.ts';
import { matchLeaf, queryLeaf } from './leaf.test.fixture.ts';
import { encodeLeaf } from './leaf.ts';
import { entryOf, grow, log, logOf, mth, origin, otherSigner, right, signer, tagOf } from './log.test.fixture.ts';
import { proveConsistency, proveInclusion, readCheckpoint, readReceipt } from './log.ts';
import { decodeReceipt, encodeReceipt, MAX_RECEIPT_BYTES, type Receipt, rootBefore, verifyReceipt } from './receipt.ts';
import { createTestStore } from './store.test.fixture.ts';
import { EMPTY_ROOT } from './tree.ts';

const leafOf = (i: number): Uint8Array => encodeLeaf(i % 2 === 0 ? queryLeaf({ epoch: i + 1 }) : matchLeaf({ epoch: i + 1 }));
const receipts = grow(createTestStore(), 13, { series: leafOf });
const ninth = receipts[9]!;
const verify = (part: Partial<Receipt> = {}) => verifyReceipt({ receipt: { ...ninth, ...part }, log });

describe('receipts', () => {
  it('hold, over the wire too, and say which leaf stands where', () => {
    for (const [index, receipt] of receipts.entries()) {
      const read = right(decodeReceipt(encodeReceipt(receipt)));
      expect(read).toEqual(receipt);
      expect(verifyReceipt({ receipt: read, log })).toMatchObject({
        right: { index, checkpoint: { size: index + 1, origin }, leaf: { epoch: index + 1 } },
      });
    }
  });

  it('are small: under 1 kB for a query among thirteen', () => {
    expect(encodeReceipt(receipts[12]!).length).toBeLessThan(1000);
  });

  it('hold under a later checkpoint of the same log as well', () => {
    const store = logOf(20, leafOf);
    const { checkpoint } = right(readReceipt(store, 19));
    const proof = right(proveInclusion(store, { index: 9, size: 20 }));
    expect(verify({ checkpoint, proof })).toMatchObject({ right: { index: 9, checkpoint: { size: 20 } } });
    expect(tagOf(verify({ checkpoint }))).toBe('BadProof');
  });

  it('show the log before them: a receipt continues the checkpoint over all that stood before it', () => {
    const all = Array.from({ length: 13 }, (_, i) => leafOf(i));
    for (const [index, receipt] of receipts.entries()) {
      const verified = right(verifyReceipt({ receipt, log }));
      expect(bytesToHex(rootBefore(receipt, verified)!)).toBe(mth(all.slice(0, index)).toString('hex'));
    }
    // Under a later checkpoint the siblings are others.
    const store = logOf(20, leafOf);
    const { checkpoint } = right(readReceipt(store, 19));
    const later = { ...ninth, checkpoint, proof: right(proveInclusion(store, { index: 9, size: 20 })) };
    expect(rootBefore(later, right(verifyReceipt({ receipt: later, log })))).toBeUndefined();
  });

  it('fall with another entry, index, checkpoint, proof, key or origin', () => {
    const eighth = receipts[8]!;
    expect(tagOf(verify())).toBe('Right');
    expect(tagOf(verify({ entry: eighth.entry }))).toBe('BadProof');
    expect(tagOf(verify({ index: 8 }))).toBe('BadProof');
    expect(tagOf(verify({ index: 10 }))).toBe('BadProof');
    expect(tagOf(verify({ checkpoint: eighth.checkpoint }))).toBe('BadProof');
    expect(tagOf(verify({ proof: eighth.proof }))).toBe('BadProof');
    expect(tagOf(verify({ proof: [] }))).toBe('BadProof');
    expect(tagOf(verify({ checkpoint: new Uint8Array(0) }))).toBe('BadCheckpoint');
    const at = { receipt: ninth };
    expect(tagOf(verifyReceipt({ ...at, log: { ...log, publicKeys: [otherSigner.publicKey] } }))).toBe('BadCheckpoint');
    expect(tagOf(verifyReceipt({ ...at, log: { ...log, origin: 'federation/lender-b' } }))).toBe('BadCheckpoint');
  });

  it('are refused when the entry is no leaf, and told when it is one of a later release', () => {
    const store = createTestStore();
    const [text, later] = grow(store, 2, {
      series: (i) => (i === 0 ? utf8ToBytes('text') : encodeCanonical({ leaf: 'opening', version: 1 })),
    });
    expect(tagOf(verifyReceipt({ receipt: text!, log }))).toBe('BadLeaf');
    expect(verifyReceipt({ receipt: later!, log })).toMatchObject({ right: { leaf: { leaf: 'unknown', kind: 'opening' } } });
  });

  it('are read within their caps only', () => {
    const bent = (part: object): Uint8Array =>
      encodeCanonical({ ...(right(decodeCanonical(encodeReceipt(ninth))) as object), ...part });
    expect(tagOf(decodeReceipt(bent({})))).toBe('Right');
    const bad: readonly object[] = [
      { version: 2 },
      { index: -1 },
      { index: 2 ** 48 },
      { index: '9' },
      { more: 1 },
      { entry: 'text' },
      { entry: new Uint8Array(16_385) },
      { checkpoint: new Uint8Array(4097) },
      { proof: Array(65).fill(new Uint8Array(32)) },
      { proof: [new Uint8Array(31)] },
      { proof: undefined },
    ];
    for (const part of bad) expect(tagOf(decodeReceipt(bent(part))), Object.keys(part).join()).toBe('BadReceipt');
    expect(decodeReceipt(bent({ more: new Uint8Array(MAX_RECEIPT_BYTES) }))).toMatchObject({
      left: { _tag: 'BadReceipt', message: expect.stringContaining(`more than ${MAX_RECEIPT_BYTES} bytes`) },
    });
    expect(tagOf(decodeReceipt(encodeReceipt(ninth).subarray(1)))).toBe('BadReceipt');
  });

  it('fall with any bit of their bytes', () => {
    const written = encodeReceipt(ninth);
    fc.assert(
      fc.property(fc.nat({ max: written.length * 8 - 1 }), (bit) => {
        const flipped = written.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const read = decodeReceipt(flipped);
        expect(E.isRight(read) && E.isRight(verifyReceipt({ receipt: read.right, log }))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('following a log', () => {
  const store = logOf(12);
  const noteOf = (size: number): Uint8Array => right(readReceipt(store, size - 1)).checkpoint;
  const proofOf = (first: number, second: number) => right(proveConsistency(store, { first, second }));
  const follow = (seen: number | undefined, size: number, part: Partial<Parameters<typeof followLog>[0]> = {}) =>
    followLog({
      seen: seen === undefined ? undefined : noteOf(seen),
      checkpoint: noteOf(size),
      proof: seen === undefined || seen > size ? [] : proofOf(seen, size),
      log,
      ...part,
    });

  it('takes the first checkpoint, the same again, and every one that continues it', () => {
    expect(follow(undefined, 5)).toEqual(E.right({ relation: 'first', latest: noteOf(5), size: 5 }));
    expect(follow(5, 5)).toEqual(E.right({ relation: 'same', latest: noteOf(5), size: 5 }));
    for (let seen = 1; seen < 12; seen++)
      for (let size = seen + 1; size <= 12; size++)
        expect(follow(seen, size)).toEqual(E.right({ relation: 'newer', latest: noteOf(size), size }));
  });

  it('says which proof it needs', () => {
    expect(proofNeeded({ seen: 3, size: 9 })).toEqual({ first: 3, second: 9 });
    expect(proofNeeded({ seen: 9, size: 3 })).toEqual({ first: 3, second: 9 });
    for (const [seen, size] of [
      [4, 4],
      [0, 4],
      [4, 0],
    ] as const)
      expect(proofNeeded({ seen, size })).toBeUndefined();
  });

  it('takes no newer one without its proof, or with another', () => {
    expect(tagOf(follow(5, 9, { proof: undefined }))).toBe('BadProof');
    expect(tagOf(follow(5, 9, { proof: proofOf(6, 9) }))).toBe('BadProof');
    expect(tagOf(follow(5, 9, { proof: proofOf(5, 10) }))).toBe('BadProof');
  });

  it('finds a restored backup: a log in itself flawless, signed, but shorter', () => {
    const backup = logOf(7);
    const newest = readCheckpoint(backup)!;
    expect(newest).toEqual(noteOf(7));
    expect(followLog({ seen: noteOf(12), checkpoint: newest, proof: [], log })).toMatchObject({
      left: { _tag: 'LogRolledBack', seen: 12, size: 7 },
    });
    // Also when somebody kept the proof that it is the beginning of what was seen.
    expect(tagOf(followLog({ seen: noteOf(12), checkpoint: newest, proof: proofOf(7, 12), log }))).toBe('LogRolledBack');
    // The log that goes on from the backup, as long as before and longer.
    grow(backup, 5, { series: (i) => entryOf(i + 100) });
    expect(followLog({ seen: noteOf(12), checkpoint: readCheckpoint(backup)!, log })).toMatchObject({
      left: { _tag: 'LogForked', size: 12 },
    });
    grow(backup, 1);
    const proof = right(proveConsistency(backup, { first: 12, second: 13 }));
    expect(tagOf(followLog({ seen: noteOf(12), checkpoint: readCheckpoint(backup)!, proof, log }))).toBe('BadProof');
  });

  it('takes an older checkpoint in a receipt only with the proof that it is the beginning of what was seen', () => {
    expect(follow(9, 4, { mayBeOlder: true, proof: proofOf(4, 9) })).toEqual(
      E.right({ relation: 'older', latest: noteOf(9), size: 9 }),
    );
    expect(tagOf(follow(9, 4, { mayBeOlder: true }))).toBe('LogRolledBack');
    expect(tagOf(follow(9, 4, { proof: proofOf(4, 9) }))).toBe('LogRolledBack');
    expect(tagOf(follow(9, 4, { mayBeOlder: true, proof: proofOf(5, 9) }))).toBe('BadProof');
    const other = logOf(4, (i) => entryOf(i + 100));
    expect(
      tagOf(followLog({ seen: noteOf(9), checkpoint: readCheckpoint(other)!, proof: proofOf(4, 9), log, mayBeOlder: true })),
    ).toBe('BadProof');
  });

  it('finds a fork at equal sizes, whatever the proof', () => {
    const other = logOf(9, (i) => entryOf(i === 3 ? 1000 : i));
    for (const proof of [[], proofOf(4, 9)])
      expect(followLog({ seen: noteOf(9), checkpoint: readCheckpoint(other)!, proof, log })).toMatchObject({
        left: { _tag: 'LogForked', size: 9 },
      });
  });

  it('checks both notes', () => {
    const forged = signCheckpoint({ origin, size: 12, root: new Uint8Array(32) }, otherSigner);
    expect(tagOf(followLog({ seen: noteOf(5), checkpoint: forged, proof: [], log }))).toBe('BadCheckpoint');
    expect(tagOf(followLog({ seen: forged, checkpoint: noteOf(12), proof: [], log }))).toBe('BadCheckpoint');
    expect(tagOf(followLog({ checkpoint: forged, log }))).toBe('BadCheckpoint');
  });

  it('goes on from the empty log, and never back to it', () => {
    const empty = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer);
    expect(followLog({ seen: empty, checkpoint: noteOf(3), log })).toMatchObject({ right: { relation: 'newer' } });
    expect(tagOf(followLog({ seen: noteOf(3), checkpoint: empty, log }))).toBe('LogRolledBack');
    expect(followLog({ seen: noteOf(3), checkpoint: empty, log, mayBeOlder: true })).toMatchObject({
      right: { relation: 'older', latest: noteOf(3) },
    });
  });
});
