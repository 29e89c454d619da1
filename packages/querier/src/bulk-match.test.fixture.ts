import { type MatchLeaf, readLeaf } from '@vouchsafe/audit';
import { E, type memoryKv, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore, type HolderStore } from '@vouchsafe/holder';
import {
  BulkOpened,
  BulkStep,
  BulkStepped,
  bulkContext,
  type Frame,
  LogEntries,
  ROUTES,
  readEnvelope,
  readFrame,
  readProblem,
  tagOf,
  writeFrame,
} from '@vouchsafe/protocol';
import { type BulkSession, openBulkReceiver, packIds, type ReceiverState } from '@vouchsafe/psi/bulk';
import type * as t from 'io-ts';
import { type Person, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';

export const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 1, net: 0, late: false, worst: 'none' } }));

export const policyOf = (match: unknown): unknown => ({ version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match }] });
/** A policy that lets the bureau match in bulk, with so many elements. */
export const accepting = (elements = 100_000): unknown =>
  policyOf({ elementsPerDay: elements, elementsPerEpoch: elements, bulk: 'accepted' });

/** A holder's store that outlives the holder. */
export const storeOn = async (kv: ReturnType<typeof memoryKv>): Promise<HolderStore> => {
  const lasting = { ...kv, close: async () => undefined };
  const unlock = { key: new Secret(new Uint8Array(32).fill(5)) };
  return createHolderStore({ kv: lasting, keyring: unwrap(await openKeyring({ kv: lasting, unlock })()) });
};

/** What a holder's log says about matches. */
export const matchesIn = async (federation: TestFederation, holder: string): Promise<readonly MatchLeaf[]> => {
  const response = await federation.send(holder, `${ROUTES.logEntries}?from=0&count=256`, { member: 'auditor' });
  const { entries } = unwrap(readEnvelope(LogEntries, new Uint8Array(await response.arrayBuffer())));
  return entries.flatMap((entry) => {
    const leaf = unwrap(readLeaf(entry));
    return leaf.leaf === 'match' ? [leaf] : [];
  });
};

/** What a holder said to one request of a bulk match: its message, or the tag of its refusal. */
export type SaidInBulk<A> = { readonly status: number; readonly tag?: string; readonly frame?: Frame<A> };

/** A receiver whose messages a test sends, or others in their place. */
export interface ByHand {
  readonly session: BulkSession<ReceiverState>;
  readonly name: Uint8Array;
  /** The holder's first message. */
  readonly welcome: Uint8Array;
  readonly send: (step: number, message: Uint8Array, member?: string) => Promise<SaidInBulk<BulkStepped>>;
  readonly page: (number: number, member?: string) => Promise<SaidInBulk<object>>;
  /** All honest messages, as they come: up to, not including, step `until`. @returns the next one, and the holder's last answer */
  readonly upTo: (until: number) => Promise<Uint8Array>;
}

const said = async <A>(response: Response, codec: t.Type<A, unknown, unknown>): Promise<SaidInBulk<A>> => {
  const { status } = response;
  if (!response.ok) return { status, tag: tagOf(unwrap(readProblem(await response.text()))) };
  return { status, frame: unwrap(readFrame(codec, 1, new Uint8Array(await response.arrayBuffer()))) };
};

export const frameOf = (envelope: unknown, message: Uint8Array): Uint8Array<ArrayBuffer> =>
  writeFrame({ envelope, rows: message, rowBytes: 1 }) as Uint8Array<ArrayBuffer>;

/** Opens a bulk match with a holder by hand. @throws when it is refused */
export const byHand = async (federation: TestFederation, holder: string, ids: readonly Uint8Array[]): Promise<ByHand> => {
  const context = bulkContext({ federation: 'test', bureau: 'bureau', holder, scheme: SCHEME, epoch: 7 });
  const session = unwrap(await openBulkReceiver({ ids: packIds(ids), context }));
  const hello = unwrap(await session.step()).message!;
  const post = (path: string, body: Uint8Array<ArrayBuffer>, member = 'bureau') =>
    federation.send(holder, path, { method: 'POST', body, member });
  const opened = await said(await post(ROUTES.bulkOpen, frameOf({ epoch: 7, scheme: SCHEME }, hello)), BulkOpened);
  if (!opened.frame) throw new Error(opened.tag);
  const { session: name } = opened.frame.envelope;
  const send: ByHand['send'] = async (step, message, member) =>
    said(await post(ROUTES.bulkStep, frameOf(BulkStep.encode({ session: name, step }), message), member), BulkStepped);
  const welcome = opened.frame.rows;
  return {
    ...{ session, name, welcome, send },
    page: async (number, member = 'bureau') => {
      const path = `${ROUTES.bulkMasks}?session=${Buffer.from(name).toString('hex')}&page=${number}`;
      return said(await federation.send(holder, path, { member }), Nothing);
    },
    upTo: async (until) => {
      let reply: Uint8Array | undefined = welcome;
      for (let step = 0; ; step++) {
        const turn = await session.step(reply);
        if (E.isLeft(turn)) throw new Error(turn.left.message);
        const { message, state } = turn.right;
        if (step === until) return message!;
        const answer = await send(step, message!);
        if (!answer.frame) throw new Error(answer.tag);
        reply = state === 'sending' ? undefined : answer.frame.rows;
      }
    },
  };
};

const Nothing: t.Type<object, unknown, unknown> = BulkStepped as unknown as t.Type<object, unknown, unknown>;
