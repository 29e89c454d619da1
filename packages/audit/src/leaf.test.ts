import { createHash } from 'node:crypto';
import { bytesToHex, decodeCanonical, E, encodeCanonical, hexToBytes, rational } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortRoot, commitMatched, opensMatched } from './commitments.ts';
import { expectLeaf } from './expect-leaf.ts';
import { matchLeaf, queryLeaf, sealLeaf } from './leaf.test.fixture.ts';
import { encodeLeaf, type Leaf, MAX_ENTRY_BYTES, readLeaf } from './leaf.ts';
import { mth, right, tagOf } from './log.test.fixture.ts';

const leaves: readonly Leaf[] = [
  queryLeaf(),
  queryLeaf({ kind: 'signal', charge: rational(0), cohortSize: 1, consent: { issuer: 'app', receipt: new Uint8Array(32) } }),
  matchLeaf(),
  matchLeaf({ purpose: 'portfolio-review' }),
  matchLeaf({ bulk: { rows: 2000, charged: 1700, outcome: 'answered' } }),
  sealLeaf(),
  sealLeaf({ stage: 'sealed' }),
  sealLeaf({ stage: 'refused' }),
];

/** The leaf's document with one field set to something else, encoded. */
const bent = (leaf: Leaf, part: Readonly<Record<string, unknown>>): Uint8Array =>
  encodeCanonical({ ...(right(decodeCanonical(encodeLeaf(leaf))) as object), ...part });

describe('leaves', () => {
  it.each(leaves)('are read as they were written: $leaf', (leaf) => {
    expect(readLeaf(encodeLeaf(leaf))).toEqual(E.right(leaf));
    expect(encodeLeaf(leaf).length).toBeLessThan(600);
  });

  it('keep their bytes for ever: a known encoding of each kind', () => {
    const digests = [queryLeaf(), matchLeaf(), sealLeaf()].map((leaf) =>
      createHash('sha256').update(encodeLeaf(leaf)).digest('hex'),
    );
    expect(digests).toEqual(KNOWN);
  });

  it('of a later release are told, not refused', () => {
    const entry = (leaf: unknown, version: unknown): Uint8Array => encodeCanonical({ leaf, version, more: [1, 2] });
    expect(readLeaf(entry('opening', 1))).toEqual(E.right({ leaf: 'unknown', kind: 'opening', version: 1 }));
    expect(readLeaf(entry('query', 2))).toEqual(E.right({ leaf: 'unknown', kind: 'query', version: 2 }));
    expect(readLeaf(entry('constructor', 1))).toEqual(E.right({ leaf: 'unknown', kind: 'constructor', version: 1 }));
    expect(readLeaf(bent(queryLeaf(), { version: 3 }))).toMatchObject({ right: { leaf: 'unknown', version: 3 } });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['no map', encodeCanonical([1])],
    ['null', encodeCanonical(null)],
    ['no kind', encodeCanonical({ version: 1 })],
    ['no version', encodeCanonical({ leaf: 'query' })],
    ['version 0', encodeCanonical({ leaf: 'query', version: 0 })],
    ['a version that is text', encodeCanonical({ leaf: 'query', version: '1' })],
    ['a kind that is a number', encodeCanonical({ leaf: 1, version: 1 })],
    ['a kind with a space', encodeCanonical({ leaf: 'a kind', version: 1 })],
    ['a kind of 33 characters', encodeCanonical({ leaf: 'k'.repeat(33), version: 1 })],
    ['more bytes than a log takes', encodeCanonical({ leaf: 'opening', version: 1, more: new Uint8Array(MAX_ENTRY_BYTES) })],
    ['a byte behind it', new Uint8Array([...encodeLeaf(queryLeaf()), 0])],
    ['another spelling of CBOR', hexToBytes('bf646c656166657175657279ff')],
    ['a missing field', bent(queryLeaf(), { digest: undefined })],
    ['a field too many', bent(queryLeaf(), { matchedCount: 7 })],
    ['a short digest', bent(queryLeaf(), { digest: new Uint8Array(63) })],
    ['another kind of query', bent(queryLeaf(), { kind: 'match' })],
    ['a fraction of a subject', bent(queryLeaf(), { cohortSize: 1.5 })],
    ['a price that is not in lowest terms', bent(queryLeaf(), { charge: [2, 4] })],
    ['66 columns', bent(queryLeaf(), { columns: Array(66).fill('present') })],
    ['a name with a space', bent(queryLeaf(), { querier: 'a bureau' })],
    ['a name of 65 characters', bent(matchLeaf(), { querier: 'b'.repeat(65) })],
    ['a time before 1970', bent(matchLeaf(), { time: -1 })],
    ['an empty batch', bent(matchLeaf(), { elements: 0 })],
    ['a bulk match that says not how it ended', bent(matchLeaf(), { bulk: { rows: 2000, charged: 1700 } })],
    ['a bulk match against nobody', bent(matchLeaf(), { bulk: { rows: 0, charged: 1700, outcome: 'answered' } })],
    ['another stage', bent(sealLeaf(), { stage: 'done' })],
    ['epoch 0', bent(sealLeaf(), { epoch: 0 })],
    ['a consent without issuer', bent(queryLeaf(), { consent: { receipt: new Uint8Array(32) } })],
  ])('are not %s', (_, entry) => {
    expect(tagOf(readLeaf(entry))).toBe('BadLeaf');
  });

  it('are not written when they could not be read', () => {
    expect(() => encodeLeaf(queryLeaf({ purpose: 'x'.repeat(65) }))).toThrow(RangeError);
    expect(() => encodeLeaf(queryLeaf({ charge: rational(1n, 2n ** 60n) }))).toThrow(RangeError);
    expect(() => encodeLeaf(matchLeaf({ elements: 0 }))).toThrow(RangeError);
    expect(() => encodeLeaf(sealLeaf({ root: new Uint8Array(31) }))).toThrow(RangeError);
  });

  it('of the greatest size fit into an entry', () => {
    const name = 'n'.repeat(64);
    const entry = encodeLeaf(
      queryLeaf({
        querier: name,
        scheme: name,
        purpose: name,
        columns: Array(65).fill(name),
        consent: { issuer: name, receipt: new Uint8Array(32) },
      }),
    );
    expect(entry.length).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
    expect(tagOf(readLeaf(entry))).toBe('Right');
  });

  it('never throw when read, and show nothing of what was in them', () => {
    const bases = leaves.map(encodeLeaf);
    fc.assert(
      fc.property(fc.nat({ max: bases.length - 1 }), fc.nat(), fc.nat({ max: 255 }), (which, place, byte) => {
        const entry = bases[which]!.slice();
        entry[place % entry.length] = byte;
        const leaf = readLeaf(entry);
        if (E.isLeft(leaf)) expect(leaf.left._tag).toBe('BadLeaf');
      }),
      { numRuns: 2000 },
    );
    expect(JSON.stringify(readLeaf(bent(queryLeaf(), { querier: '77010119900101001X and more' })))).not.toContain('770101');
  });
});

describe('expectLeaf', () => {
  it('takes the leaf that says what was asked, by all fields that are known', () => {
    for (const leaf of leaves) expect(expectLeaf(leaf, leaf)).toEqual(E.right(leaf));
    const leaf = queryLeaf();
    expect(expectLeaf(leaf, { leaf: 'query', digest: leaf.digest, charge: rational(2, 4), consent: undefined })).toEqual(
      E.right(leaf),
    );
  });

  it('names the first field that differs', () => {
    const expected: readonly [Partial<ReturnType<typeof queryLeaf>>, string][] = [
      [{ digest: new Uint8Array(64) }, 'digest'],
      [{ purpose: 'marketing' }, 'purpose'],
      [{ cohortSize: 501 }, 'cohortSize'],
      [{ columns: ['present'] }, 'columns'],
      [{ columns: ['outstanding', 'present'] }, 'columns'],
      [{ charge: rational(1, 3) }, 'charge'],
      [{ consent: { issuer: 'app', receipt: new Uint8Array(32) } }, 'consent'],
      [{ kind: 'signal' }, 'kind'],
    ];
    for (const [part, field] of expected)
      expect(expectLeaf(queryLeaf(), { ...part, leaf: 'query' })).toMatchObject({ left: { _tag: 'WrongLeaf', field } });
    const consented = queryLeaf({ consent: { issuer: 'app', receipt: new Uint8Array(32) } });
    expect(
      expectLeaf(consented, { leaf: 'query', consent: { issuer: 'app', receipt: new Uint8Array(32).fill(1) } }),
    ).toMatchObject({ left: { field: 'consent' } });
    expect(expectLeaf(matchLeaf(), { leaf: 'query' })).toMatchObject({ left: { field: 'leaf' } });
    expect(expectLeaf({ leaf: 'unknown', kind: 'query', version: 2 }, { leaf: 'query' })).toMatchObject({
      left: { field: 'leaf' },
    });
  });
});

describe('what a leaf commits to', () => {
  it('SHA-256(salt ‖ |M|): opens to that count under that salt only', () => {
    const salt = new Uint8Array(32).fill(1);
    const commitment = commitMatched({ salt, matched: 258 });
    const direct = createHash('sha256')
      .update(salt)
      .update(Uint8Array.of(0, 0, 1, 2))
      .digest('hex');
    expect(bytesToHex(commitment)).toBe(direct);
    expect(opensMatched({ commitment, salt, matched: 258 })).toBe(true);
    for (const matched of [0, 257, 259, -1, 0.5, 2 ** 32, Number.NaN])
      expect(opensMatched({ commitment, salt, matched })).toBe(false);
    expect(opensMatched({ commitment, salt: new Uint8Array(32), matched: 258 })).toBe(false);
    expect(opensMatched({ commitment, salt: salt.subarray(1), matched: 258 })).toBe(false);
    expect(opensMatched({ commitment: commitment.subarray(1), salt, matched: 258 })).toBe(false);
    expect(() => commitMatched({ salt: new Uint8Array(31), matched: 1 })).toThrow(RangeError);
  });

  it('the RFC 6962 root over the elements', () => {
    const cohort = new Uint8Array(5 * 32).map((_, i) => i);
    const rows = Array.from({ length: 5 }, (_, i) => cohort.subarray(32 * i, 32 * i + 32));
    expect(bytesToHex(cohortRoot(cohort))).toBe(mth(rows).toString('hex'));
    expect(() => cohortRoot(cohort.subarray(1))).toThrow(RangeError);
  });
});

const KNOWN = [
  '628d50b89e1d4d3251aeb186bf307ec6030e381c8c473edf99fec1a735aeee08',
  'c5ab7fc0b7e687ff4568a84937acdb545b9372088327204620a80893793e7cd1',
  'bd40102eec11c40a020b6df9fd970346b5afc4a1216e412cd8ef5f0f40fd0bcf',
];
