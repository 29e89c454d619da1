import { setImmediate as turn } from 'node:timers/promises';
import { encodeLeaf, type Leaf } from '@vouchsafe/audit';
import { E, rational } from '@vouchsafe/core';
import type { HolderLog } from '@vouchsafe/holder';
import { describe, expect, it } from 'vitest';
import { createLogTally } from './log-tally.ts';

const DAY = 86_400;
const hash = new Uint8Array(32);
const base = { version: 1, scheme: 'cn-rid', epoch: 1, querier: 'bureau', policy: hash, answer: hash } as const;

const signal = (time: number, purpose = 'credit-application'): Leaf => ({
  ...{ ...base, leaf: 'query', kind: 'signal', time, purpose, cohortSize: 1, columns: ['present'] },
  ...{ digest: new Uint8Array(64), cohortRoot: hash, matched: hash, charge: rational(0) },
});
const bulk = (time: number, outcome: 'answered' | 'refused'): Leaf => ({
  ...{ ...base, leaf: 'match', time, elements: 50, request: hash },
  bulk: { rows: 100, charged: 85, outcome },
});

/** A log in memory whose pages take a turn of the event loop. */
const logOf = (entries: Uint8Array[]): Pick<HolderLog, 'entries'> & { readonly pages: number[] } => {
  const pages: number[] = [];
  return {
    pages,
    entries:
      ({ from, count }) =>
      async () => {
        pages.push(from);
        await turn();
        return E.right(entries.slice(from, from + count));
      },
  };
};
const verify: HolderLog['verify'] = () => async () => E.left({ _tag: 'Aborted', message: '' });

describe('the count of a log', () => {
  it('takes each entry once, though several read at once and the log grows', async () => {
    const entries = Array.from({ length: 600 }, (_, i) => encodeLeaf(signal(1000 + i)));
    const log = logOf(entries);
    const tally = createLogTally({ ...log, verify });
    const counts = await Promise.all([tally.read(1000), tally.read(1000), tally.read(1000)]);
    for (const { entries: all, complete, lines, first } of counts) {
      expect({ all, complete, first }).toEqual({ all: 600, complete: true, first: 1000 });
      expect(lines).toMatchObject([{ kind: 'signal', purpose: 'credit-application', queries: 600, subjects: 600, last: 1599 }]);
    }
    expect(log.pages).toEqual([0, 256, 512]);
    entries.push(encodeLeaf(signal(2000, 'account-review')));
    expect((await tally.read(1000)).lines.map(({ queries }) => queries)).toEqual([1, 600]);
    expect(log.pages.at(-1)).toBe(600);
  });

  it('stops when its time is over, and goes on from there', async () => {
    const tally = createLogTally({ ...logOf(Array.from({ length: 600 }, () => encodeLeaf(signal(1)))), verify });
    expect(await tally.read(0)).toMatchObject({ entries: 0, complete: false });
    expect(await tally.read(1000)).toMatchObject({ entries: 600, complete: true });
  });

  it('leaves out what was not answered, and passes over what it cannot read', async () => {
    const entries = [encodeLeaf(bulk(10, 'refused')), Uint8Array.of(0xff), encodeLeaf(bulk(20, 'answered'))];
    const { lines, entries: all, first } = await createLogTally({ ...logOf(entries), verify }).read(1000);
    expect({ all, first }).toEqual({ all: 3, first: 10 });
    expect(lines).toEqual([{ querier: 'bureau', kind: 'match', purpose: '', queries: 1, subjects: 50, last: 20 }]);
  });

  it('keeps the newest days by purpose, and lines of all time', async () => {
    const times = [1 * DAY, 70 * DAY, 71 * DAY, 71 * DAY + 5];
    const { days, lines } = await createLogTally({ ...logOf(times.map((time) => encodeLeaf(signal(time)))), verify }).read(1000);
    expect(days).toEqual([
      { day: 70, purpose: 'credit-application', queries: 1 },
      { day: 71, purpose: 'credit-application', queries: 2 },
    ]);
    expect(lines[0]).toMatchObject({ queries: 4 });
  });

  it('says that it is not complete when the log cannot be read', async () => {
    const broken: HolderLog = { verify, entries: () => async () => E.left({ _tag: 'StoreUnavailable', message: '' } as never) };
    expect(await createLogTally(broken).read(100)).toMatchObject({ entries: 0, complete: false });
    const closed: HolderLog = { verify, entries: () => () => Promise.reject(new Error('closed')) };
    expect(await createLogTally(closed).read(100)).toMatchObject({ entries: 0, complete: false });
  });
});
