import { concatBytes, createSigner, E, type Either, encodeCanonical, type Rng, rowOf, Secret } from '@vouchsafe/core';
import { createGroup, type ElementBytes, GENERATOR, randomScalars } from '@vouchsafe/group';
import { createVoprfServer, generateKeyPair } from '@vouchsafe/oprf';
import { readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import type { HolderContext } from './context.ts';
import { evaluateBatch } from './matching.ts';
import { memoryStore } from './store/index.ts';

const CASES = 40_000;
const QUOTA = { elementsPerDay: 400, elementsPerEpoch: 1000 };

describe(`${CASES} hostile batches`, async () => {
  const group = createGroup({ pool: null });
  const store = await memoryStore();
  const server = createVoprfServer(await generateKeyPair(group, seededRng('server')), group);
  // What a batch uses of a context.
  const context = {
    store,
    clock: () => 1_800_000_000_000,
    policyHash: new Uint8Array(32),
    log: { origin: 'test/ant', signer: createSigner(new Secret(new Uint8Array(32).fill(7))) },
  } as unknown as HolderContext;
  const good = await group.multiplyBase(GENERATOR, randomScalars(500, seededRng('elements')));
  const oversize = new Uint8Array(10_000 * 32).fill(1);

  /** One batch, spoilt in one of many ways or in none. */
  const bodyOf = (rng: Rng): Uint8Array => {
    const draw = rng(8);
    const count = 1 + (draw[0]! % 3);
    const elements = Array.from({ length: count }, () => rowOf(good, 32, new DataView(rng(2).buffer).getUint16(0) % 500).slice());
    const at = draw[1]! % count;
    const frame = (rows: Uint8Array, envelope: unknown = { epoch: 7, scheme: 'cn-rid' }): Uint8Array =>
      writeFrame({ envelope, rows, rowBytes: 32 });
    switch (draw[2]! % 10) {
      case 0: // the identity
        elements[at]!.fill(0);
        break;
      case 1: // a bit of an encoding: most are none
        elements[at]![draw[3]! % 32]! ^= 1 << (draw[4]! % 8);
        break;
      case 2: // the same twice
        elements.push(elements[at]!.slice());
        break;
      case 3: // any bytes
        elements[at]!.set(rng(32));
        break;
      case 4: // cut off, or longer
        return draw[3]! % 2 === 0
          ? frame(concatBytes(...elements)).subarray(0, draw[4]! % (32 * count))
          : concatBytes(frame(concatBytes(...elements)), rng(1 + (draw[4]! % 40)));
      case 5: {
        // any byte of the frame
        const bytes = frame(concatBytes(...elements));
        bytes[draw[3]! % bytes.length] = draw[4]!;
        return bytes;
      }
      case 6: // another envelope
        return frame(concatBytes(...elements), { epoch: draw[3]! - 100, scheme: draw[4]! % 2 ? 'cn-rid' : 7 });
      case 7: // none, or ten times as many as a batch may have
        return draw[3]! % 16 === 0 ? frame(oversize) : frame(new Uint8Array(0));
      case 8: // no frame at all
        return draw[3]! % 2 === 0 ? rng(draw[4]!) : encodeCanonical({ epoch: 7, scheme: 'cn-rid' });
      default:
    }
    return frame(concatBytes(...elements));
  };

  it('are refused by an error of their own, or evaluated within the quota; none is charged twice, none is thrown at', async () => {
    const rng = seededRng('batches');
    const verdicts: Record<string, number> = {};
    const evaluated = new Map<string, number>();
    for (let i = 0; i < CASES; i++) {
      const request = readFrame(TableRef, 32, bodyOf(rng));
      const result: Either<{ readonly _tag: string }, unknown> = E.isLeft(request)
        ? request
        : await evaluateBatch(context, {
            bureau: 'bureau',
            ref: { epoch: 7, scheme: 'cn-rid' },
            server,
            quota: QUOTA,
            blinded: request.right.rows,
          });
      const verdict = E.isLeft(result) ? result.left._tag : 'evaluated';
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      if (E.isRight(result) && E.isRight(request))
        evaluated.set(Buffer.from(request.right.rows).toString('hex'), request.right.rows.length / 32);
    }
    expect(Object.keys(verdicts).sort()).toEqual([
      'BadElement',
      'BadEncoding',
      'BadFrame',
      'BadShape',
      'BatchTooLarge',
      'DuplicateElement',
      'EmptyBatch',
      'QuotaSpent',
      'evaluated',
    ]);
    // What was evaluated is what was charged: all of the day's quota, since batches of one came to the end.
    const spent = await store.matchSpent({ bureau: 'bureau', epoch: 7 }, context.clock());
    expect([...evaluated.values()].reduce((sum, elements) => sum + elements, 0)).toBe(QUOTA.elementsPerDay);
    expect(spent).toMatchObject({ elementsOfDay: QUOTA.elementsPerDay, elementsOfEpoch: QUOTA.elementsPerDay });
  });

  it('that are repeated get the stored answer, and nothing is decoded or evaluated again', async () => {
    const own = { ...context, store: await memoryStore() } as HolderContext;
    const ask = (pkS: ElementBytes, blindEvaluate: typeof server.blindEvaluate) =>
      evaluateBatch(own, {
        bureau: 'bureau',
        ref: { epoch: 7, scheme: 'cn-rid' },
        server: { ...server, pkS, blindEvaluate },
        quota: { elementsPerDay: 3, elementsPerEpoch: 3 },
        blinded: good.slice(0, 96),
      });
    const first = await ask(server.pkS, server.blindEvaluate);
    const second = await ask(server.pkS, () => {
      throw new Error('evaluated again');
    });
    expect(E.isRight(first)).toBe(true);
    expect(second).toEqual(first);
  });
});
