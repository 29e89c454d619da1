import { E, encodeCanonical, TE, utf8ToBytes } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { matchLeaf, openLeaf, queryLeaf, sampleLeaf, sealLeaf } from './leaf.test.fixture.ts';
import { encodeLeaf, MAX_ENTRY_BYTES } from './leaf.ts';
import { entryOf, grow, log, logOf, origin, otherSigner, right, signer, tagOf } from './log.test.fixture.ts';
import { readCheckpoint, readEntries } from './log.ts';
import { createTestStore, type TestStore } from './store.test.fixture.ts';
import { createSummary } from './summary.ts';
import { EMPTY_ROOT } from './tree.ts';
import { type FetchEntries, verifyExportedLog } from './verify-exported.ts';

interface Offline {
  readonly _tag: 'Offline';
}

const served =
  (store: TestStore): FetchEntries<Offline> =>
  ({ from, count }) =>
    TE.right(right(readEntries(store, { from, count })));

const listed =
  (entries: readonly Uint8Array[]): FetchEntries<Offline> =>
  ({ from, count }) =>
    TE.right(entries.slice(from, from + count));

const T = 1_780_000_000;
const leaves = [
  sealLeaf({ time: T }),
  sealLeaf({ time: T + 60, stage: 'sealed' }),
  queryLeaf({ time: T + 120, cohortSize: 500 }),
  queryLeaf({ time: T + 200_000, cohortSize: 250 }),
  queryLeaf({ time: T + 200_001, kind: 'signal', cohortSize: 1, purpose: 'limit-review' }),
  matchLeaf({ time: T + 199_990, querier: 'bank', elements: 1000 }),
  matchLeaf({ time: T + 200_010, querier: 'bank', elements: 24 }),
].map(encodeLeaf);
const later = encodeCanonical({ leaf: 'opening', version: 1 });
const store = createTestStore();
grow(store, 9, { series: (i) => [...leaves, later, utf8ToBytes('no leaf')][i]! });
const checkpoint = readCheckpoint(store)!;
const entries = right(readEntries(store, { from: 0, count: 9 }));

const verify = (part: Partial<Parameters<typeof verifyExportedLog<Offline>>[0]> = {}) =>
  verifyExportedLog<Offline>({ fetch: served(store), checkpoint, log, ...part })();

describe('verifyExportedLog', () => {
  it('takes the log that was signed, and sums it up', async () => {
    expect(await verify()).toEqual(
      E.right({
        size: 9,
        asked: [
          { querier: 'bank', kind: 'match', purpose: undefined, requests: 2, subjects: 1024 },
          { querier: 'bureau', kind: 'aggregate', purpose: 'credit-application', requests: 2, subjects: 750 },
          { querier: 'bureau', kind: 'signal', purpose: 'limit-review', requests: 1, subjects: 1 },
        ],
        sealed: [
          { querier: 'bureau', stage: 'sealed', leaves: 1 },
          { querier: 'bureau', stage: 'sent', leaves: 1 },
        ],
        audited: [],
        time: { first: T, last: T + 200_010 },
        gaps: [{ index: 3, seconds: 199_880 }],
        backwards: 1,
        unknown: [{ kind: 'opening', version: 1, leaves: 1 }],
        unreadable: { entries: 1, first: 8 },
        ungrouped: 0,
      }),
    );
    expect(await verify({ gapSeconds: 50 })).toMatchObject({ right: { gaps: [{ index: 1 }, { index: 2 }, { index: 3 }] } });
  });

  it('says how often the auditor looked behind what a querier did', async () => {
    const looks = [
      openLeaf({ subjects: 1 }),
      openLeaf({ subjects: 3 }),
      sampleLeaf({ rows: 460 }),
      openLeaf({ querier: 'bank', subjects: 0 }),
    ].map(encodeLeaf);
    const own = createTestStore();
    grow(own, 4, { series: (i) => looks[i]! });
    const result = await verify({ fetch: served(own), checkpoint: readCheckpoint(own)! });
    expect(result).toMatchObject({
      right: {
        asked: [],
        audited: [
          { querier: 'bank', kind: 'open', leaves: 1, shown: 0 },
          { querier: 'bureau', kind: 'open', leaves: 2, shown: 4 },
          { querier: 'bureau', kind: 'sample', leaves: 1, shown: 460 },
        ],
      },
    });
  });

  it('takes pages as short as they come, and logs of many pages', async () => {
    const single: FetchEntries<Offline> = ({ from }) => served(store)({ from, count: 1 });
    expect(await verify({ fetch: single })).toEqual(await verify());
    const long = logOf(600);
    const told: number[] = [];
    const watch = { onProgress: ({ done, total }: { done: number; total: number }) => void told.push(done, total) };
    const result = await verify({ fetch: served(long), checkpoint: readCheckpoint(long)!, watch });
    expect(result).toMatchObject({ right: { size: 600, unreadable: { entries: 600, first: 0 } } });
    expect(told).toEqual([256, 600, 512, 600, 600, 600]);
  });

  it('takes the empty log', async () => {
    const empty = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer);
    expect(await verify({ fetch: listed([]), checkpoint: empty })).toMatchObject({ right: { size: 0, time: undefined } });
  });

  it('finds entries that are changed, gone, moved, put in or too many', async () => {
    const flipped = entries.with(4, entries[4]!.with(9, entries[4]![9]! ^ 1));
    const swapped = entries.with(2, entries[3]!).with(3, entries[2]!);
    for (const bad of [flipped, swapped, entries.toSpliced(4, 0, entryOf(1)), entries.toSpliced(4, 1, entryOf(1))])
      expect(await verify({ fetch: listed(bad) })).toMatchObject({ left: { _tag: 'BadExport', index: 0 } });
    expect(await verify({ fetch: listed(entries.toSpliced(4, 1)) })).toMatchObject({ left: { _tag: 'BadExport', index: 8 } });
    expect(await verify({ fetch: () => TE.right([...entries, entryOf(1)]) })).toMatchObject({
      left: { _tag: 'BadExport', message: expect.stringContaining('more than the 9 entries that were asked for') },
    });
    const long = entries.with(5, new Uint8Array(MAX_ENTRY_BYTES + 1));
    expect(await verify({ fetch: listed(long) })).toMatchObject({ left: { _tag: 'BadExport', index: 5 } });
  });

  it('narrows a change down by the checkpoints that are known', async () => {
    const known = [3, 4, 6, 7].map((size) => readCheckpoint(logCut(size))!);
    const flipped = entries.with(4, entries[4]!.with(9, entries[4]![9]! ^ 1));
    expect(await verify({ known })).toMatchObject({ right: { size: 9 } });
    expect(await verify({ known, fetch: listed(flipped) })).toMatchObject({ left: { _tag: 'BadExport', index: 4 } });
  });

  it('finds a holder that signed two logs, and one that lost entries', async () => {
    const fork = createTestStore();
    grow(fork, 9, { series: (i) => (i === 5 ? later : entries[i]!) });
    const other = logCut(7, fork);
    expect(await verify({ known: [readCheckpoint(logCut(5, fork))!] })).toMatchObject({ right: { size: 9 } });
    expect(await verify({ known: [readCheckpoint(other)!] })).toMatchObject({ left: { _tag: 'LogForked', size: 7 } });
    expect(await verify({ known: [readCheckpoint(fork)!] })).toMatchObject({ left: { _tag: 'LogForked', size: 9 } });
    // Two notes from elsewhere that contradict each other, whatever this log says.
    const both = [readCheckpoint(logCut(7))!, readCheckpoint(other)!];
    for (const known of [both, both.toReversed()])
      expect(await verify({ known })).toMatchObject({ left: { _tag: 'LogForked', size: 7 } });
    const short = logCut(6);
    expect(
      await verify({ fetch: served(short), checkpoint: readCheckpoint(short)!, known: [checkpoint, readCheckpoint(logCut(2))!] }),
    ).toMatchObject({
      left: { _tag: 'LogRolledBack', seen: 9, size: 6 },
    });
  });

  it('takes no note that the log has not signed', async () => {
    const forged = signCheckpoint({ origin, size: 9, root: new Uint8Array(32) }, otherSigner);
    expect(tagOf(await verify({ checkpoint: forged }))).toBe('BadCheckpoint');
    expect(tagOf(await verify({ known: [forged] }))).toBe('BadCheckpoint');
  });

  it('passes a fault of the source on, and stops when told', async () => {
    const offline: FetchEntries<Offline> = () => TE.left({ _tag: 'Offline' });
    expect(await verify({ fetch: offline })).toEqual(E.left({ _tag: 'Offline' }));
    expect(tagOf(await verify({ watch: { signal: AbortSignal.abort() } }))).toBe('Aborted');
  });
});

const logCut = (size: number, from: TestStore = store): TestStore => {
  const cut = createTestStore();
  const all = right(readEntries(from, { from: 0, count: size }));
  grow(cut, size, { series: (i) => all[i]! });
  return cut;
};

describe('the summary', () => {
  it('keeps at most 10,000 groups and 100 gaps, and counts the rest', () => {
    const summary = createSummary(10);
    for (let i = 0; i < 10_050; i++) summary.add(encodeLeaf(matchLeaf({ querier: `b${i}`, time: 100 * i })));
    summary.add(encodeLeaf(matchLeaf({ querier: 'b0', time: 100 * 10_050 })));
    const { asked, gaps, ungrouped, size } = summary.result();
    expect([asked.length, gaps.length, ungrouped, size]).toEqual([10_000, 100, 50, 10_051]);
    expect(asked[0]).toMatchObject({ querier: 'b0', requests: 2 });
  });

  it('does not mix names up', () => {
    const summary = createSummary(10);
    summary.add(encodeLeaf(matchLeaf({ querier: 'a', purpose: 'b' })));
    summary.add(encodeLeaf(matchLeaf({ querier: 'a' })));
    summary.add(encodeLeaf(queryLeaf({ querier: 'a', purpose: 'match' })));
    expect(summary.result().asked.length).toBe(3);
  });
});
