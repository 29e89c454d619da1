import { bytesToHex, rowOf } from '@vouchsafe/core';
import { BulkKernel } from '@vouchsafe/kernels/bulk';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { combinations } from './check.ts';
import { parityRows } from './code.ts';
import { deltaGenerators, mixingChoices, mixingColumns } from './mixing.ts';
import { bulkParameters } from './parameters.ts';
import { Party } from './party.ts';
import { openStreams } from './streams.ts';

const sid = new Uint8Array(32).fill(8);

/** Both parties' rows of one group over the same leaves, for values P that are any. */
const correlate = async (sizes: { nx: number; ny: number }) => {
  const rng = seededRng('correlation');
  const parameters = bulkParameters(sizes);
  const { columns, l, groups, rows } = parameters;
  const [each] = groups;
  const delta = rng(columns).map((x) => x & 15);
  const leaves = rng(16 * 16 * columns);
  const open = (n: number): Party => new Party(new BulkKernel(), { parameters, sid, n, numbered: false });
  const [receiver, sender] = [open(1), open(1)];
  for (const party of [receiver, sender]) {
    await party.digest({ data: new Uint8Array(1), offsets: Uint32Array.of(0, 1) });
    party.openWork();
  }
  const values = new BigUint64Array(rng(8 * rows).slice().buffer).map((x) => x & receiver.mask);
  const P = receiver.kernel.place(new Uint8Array(values.buffer));
  const bytes = rows / 8;
  const corrections = receiver.kernel.allocate(columns * bytes);
  const [theirs, own] = [openStreams(sid, leaves.slice()), openStreams(sid, leaves.slice(), delta)];
  for (let i = 0; i < columns; i++) receiver.foldColumn(each!, { i, streams: theirs, u: corrections + i * bytes }, 0);
  const generators = new Uint8Array(1024);
  generators.set(parityRows().subarray(0, 16 * l));
  const tables = receiver.kernel.allocate(8 * 4096);
  receiver.kernel.run.tables(receiver.kernel.place(generators), 8, tables);
  receiver.kernel.run.encodeColumns(P, rows / 128, tables, l, corrections, bytes);
  await receiver.mix(each!);
  const { kernel } = sender;
  const correction = kernel.allocate(bytes);
  for (let i = 0; i < columns; i++) {
    sender.foldColumn(each!, { i, streams: own, u: correction }, 1);
    kernel.bytes.set(receiver.kernel.view(corrections + i * bytes, bytes), correction);
    for (let b = 0; b < 4; b++) kernel.run.xorMasked(sender.columnAt(i, b), correction, bytes, -((delta[i]! >> b) & 1));
  }
  await sender.mix(each!);
  const choices = mixingChoices(sid, columns);
  const mapTables = kernel.allocate(8 * 4096);
  kernel.run.tables(kernel.place(deltaGenerators(mixingColumns(choices, columns), delta, l)), 8, mapTables);
  const map = (list: Uint8Array): Uint8Array => {
    const out = kernel.allocate(2 * list.length);
    kernel.run.map(kernel.place(list), list.length / 8, mapTables, out);
    return kernel.view(out, 2 * list.length).slice();
  };
  return {
    parameters,
    receiver,
    sender,
    P,
    map,
    V: receiver.kernel.view(receiver.rows, 16 * rows),
    K: kernel.view(sender.rows, 16 * rows),
  };
};

describe('the correlation', () => {
  it.each([
    { nx: 1, ny: 1 },
    { nx: 900, ny: 50 },
    { nx: 50, ny: 2 ** 20 },
  ])('is K = V ⊕ L_Δ(P), row by row, for %j', async (sizes) => {
    const { parameters, receiver, P, map, V, K } = await correlate(sizes);
    const mapped = map(receiver.kernel.view(P, 8 * parameters.rows).slice());
    for (let row = 0; row < parameters.rows; row++) {
      const sum = rowOf(V, 16, row).map((x, i) => x ^ mapped[16 * row + i]!);
      expect(bytesToHex(rowOf(K, 16, row))).toBe(bytesToHex(sum));
    }
    expect(bytesToHex(K)).not.toBe(bytesToHex(V));
  });

  it('goes through the combinations of the check, the same at both parties', async () => {
    const { parameters, receiver, sender, P, map } = await correlate({ nx: 10, ny: 10 });
    const ask = { sid, seed: new Uint8Array(32).fill(1), rows: parameters.rows };
    const [values, v] = await combinations(receiver, {
      ...ask,
      of: [
        { at: P, bytes: 8 },
        { at: receiver.rows, bytes: 16 },
      ],
    });
    const [k] = await combinations(sender, { ...ask, of: [{ at: sender.rows, bytes: 16 }] });
    expect(bytesToHex(k!)).toBe(bytesToHex(map(values!).map((x, i) => x ^ v![i]!)));
    const [other] = await combinations(sender, {
      ...ask,
      seed: new Uint8Array(32).fill(2),
      of: [{ at: sender.rows, bytes: 16 }],
    });
    expect(bytesToHex(other!)).not.toBe(bytesToHex(k!));
    // One of the last 64 rows changes its own combination only.
    sender.kernel.bytes[sender.rows + 16 * (parameters.rows - 64 + 9)]! ^= 1;
    const [changed] = await combinations(sender, { ...ask, of: [{ at: sender.rows, bytes: 16 }] });
    const different = Array.from({ length: 64 }, (_, t) => bytesToHex(rowOf(changed!, 16, t)) !== bytesToHex(rowOf(k!, 16, t)));
    expect(different.flatMap((x, t) => (x ? [t] : []))).toEqual([9]);
  });
});
