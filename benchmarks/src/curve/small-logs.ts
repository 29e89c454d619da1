import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { createGroup, type Elements, type Group } from '@vouchsafe/group';
import { median } from '../rounds.ts';

const multiple = (v: number): Elements =>
  ristretto255.Point.BASE.multiply(ed25519.Point.Fn.create(BigInt(v))).toBytes() as Elements;

const timed = async (group: Group, v: number): Promise<number> => {
  const element = multiple(v);
  const start = performance.now();
  const found = await group.smallLogs(element, 2 ** 40);
  if (found._tag === 'Left' || found.right[0] !== v) throw new RangeError('the benchmark found a wrong logarithm');
  return performance.now() - start;
};

/** Times of the small logarithm through the group, warm, in milliseconds: random values (median) and the ends of the range (worst). */
export const measureSmallLogs = async (backend: 'plain' | 'relaxed'): Promise<Readonly<Record<string, number>>> => {
  const group = createGroup({ backend, pool: null });
  const start = performance.now();
  await group.smallLogs(multiple(1), 1);
  const tableMs = performance.now() - start;
  await timed(group, 2 ** 31);
  const figures: Record<string, number> = { smallLogTableMs: tableMs };
  for (const [name, range] of [
    ['smallLog32', 2 ** 32],
    ['smallLog40', 2 ** 40],
  ] as const) {
    const random: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < 15; i++) random.push(await timed(group, Math.floor((2 * Math.random() - 1) * range)));
    for (let i = 0; i < 6; i++) ends.push(await timed(group, (i % 2 === 0 ? 1 : -1) * (range - i)));
    figures[`${name}Ms`] = median(random);
    figures[`${name}EndMs`] = median(ends);
  }
  return figures;
};
