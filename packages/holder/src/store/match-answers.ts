import {
  bytes,
  bytesUpTo,
  E,
  type Either,
  type Kv,
  type KvReader,
  type KvWriter,
  kvKey,
  kvPrefix,
  readStored,
  record,
  whole,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { MAX_BATCH, PROOF_BYTES } from '@vouchsafe/oprf';
import type * as t from 'io-ts';
import { appendLogged } from './log.ts';
import type { Account, LogIdentity } from './port.ts';
import { putAnswerTimes, type RateExceeded, readAnswerTimes, withinRate } from './rates.ts';

/** A batch of blinded elements, as it was asked for. */
export interface MatchRequestId extends Account {
  readonly scheme: string;
  /** SHA-256 of the blinded elements, 32 bytes. */
  readonly request: Uint8Array;
}

/** An evaluated batch as it left, so that the same request gets the same bytes. */
export interface StoredEvaluation {
  /** n × 32 bytes. */
  readonly evaluated: Uint8Array;
  /** 64 bytes. */
  readonly proof: Uint8Array;
  /** Its receipt (`@vouchsafe/audit`), encoded. */
  readonly receipt: Uint8Array;
}

/** How many elements a querier may have evaluated, over all schemes: what bounds how many people it can try. */
export interface MatchQuota {
  /** From midnight to midnight UTC by the holder's clock, over all live epochs. */
  readonly elementsPerDay: number;
  /** In the whole life of an epoch's keys. */
  readonly elementsPerEpoch: number;
}

/** What a querier has used up of its quota. */
export interface MatchSpending {
  /** Days since 1970: the newest on which it was charged, or today. */
  readonly day: number;
  readonly elementsOfDay: number;
  readonly elementsOfEpoch: number;
}

/** The quota does not cover the batch. Nothing was evaluated or charged. */
export interface QuotaSpent {
  readonly _tag: 'QuotaSpent';
  readonly message: string;
  /** Elements that are left now: so large a batch would be answered. */
  readonly remaining: number;
  /** When there is a new quota, in seconds from now; absent when the epoch's is spent. */
  readonly retryAfter?: number | undefined;
}

/** What becomes durable before an evaluated batch leaves, all of it or nothing: debit, answer, log entry, receipt. */
export interface MatchCommitment extends MatchRequestId {
  readonly quota: MatchQuota;
  /** Batches that get a new answer in any minute, where the policy says it. */
  readonly perMinute?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly answer: Omit<StoredEvaluation, 'receipt'>;
  /** The log entry, encoded. */
  readonly entry: Uint8Array;
}

const DAY_MS = 86_400_000;

const Evaluation: t.Type<StoredEvaluation, unknown, unknown> = record<StoredEvaluation>(
  'StoredEvaluation',
  { evaluated: bytesUpTo(MAX_BATCH * ELEMENT_BYTES), proof: bytes(PROOF_BYTES), receipt: bytesUpTo(1 << 16) },
  {},
);

interface DayRecord {
  readonly day: number;
  readonly elements: number;
}

const DayRecord: t.Type<DayRecord, unknown, unknown> = record<DayRecord>(
  'DayRecord',
  { day: whole(0, 2 ** 32), elements: whole(0, 2 ** 40) },
  {},
);

const EpochRecord: t.Type<{ readonly elements: number }, unknown, unknown> = record<{ readonly elements: number }>(
  'EpochRecord',
  { elements: whole(0, 2 ** 40) },
  {},
);

const ANSWERS = 'match-answers';
const DAYS = 'match-days';
const EPOCHS = 'match-epochs';

const answerKey = ({ bureau, epoch, scheme, request }: MatchRequestId): Uint8Array => kvKey(epoch, bureau, scheme, request);

/** The stored answer to a request of this querier, if it was answered before. */
export const readEvaluation = (reader: KvReader, id: MatchRequestId): StoredEvaluation | undefined => {
  const stored = reader.get(ANSWERS, answerKey(id));
  return stored && readStored(Evaluation, stored);
};

/** What the querier has used up. A clock that goes back does not bring a day's quota back: the newest day that was charged stays. */
export const readMatchSpending = (reader: KvReader, { bureau, epoch }: Account, now: number): MatchSpending => {
  const day = Math.floor(now / DAY_MS);
  const ofDay = reader.get(DAYS, kvKey(bureau));
  const last = ofDay ? readStored(DayRecord, ofDay) : { day, elements: 0 };
  const ofEpoch = reader.get(EPOCHS, kvKey(epoch, bureau));
  return {
    ...(last.day < day ? { day, elementsOfDay: 0 } : { day: last.day, elementsOfDay: last.elements }),
    elementsOfEpoch: ofEpoch ? readStored(EpochRecord, ofEpoch).elements : 0,
  };
};

/** Does a batch fit under the quota on top of what was spent? @returns what is spent with it */
export const affordableMatch = (
  { day, elementsOfDay, elementsOfEpoch }: MatchSpending,
  { elements, quota, now }: { readonly elements: number; readonly quota: MatchQuota; readonly now: number },
): Either<QuotaSpent, MatchSpending> => {
  const leftOfDay = Math.max(0, quota.elementsPerDay - elementsOfDay);
  const leftOfEpoch = Math.max(0, quota.elementsPerEpoch - elementsOfEpoch);
  const remaining = Math.min(leftOfDay, leftOfEpoch);
  if (elements <= remaining)
    return E.right({ day, elementsOfDay: elementsOfDay + elements, elementsOfEpoch: elementsOfEpoch + elements });
  const lasting = leftOfEpoch < elements && leftOfEpoch <= leftOfDay;
  const left = `the batch has ${elements} elements, and ${remaining} are left of this querier’s quota`;
  return E.left({
    _tag: 'QuotaSpent',
    remaining,
    ...(lasting
      ? { message: `${left} of the epoch; nothing was charged. Ask for fewer, or wait for the next epoch` }
      : {
          message: `${left} of the day; nothing was charged. Ask for fewer, or go on after midnight UTC`,
          retryAfter: Math.max(1, Math.ceil(((day + 1) * DAY_MS - now) / 1000)),
        }),
  });
};

/**
 * Within one commit: checks the quota, debits it, appends to the log and stores the answer with its receipt. A request that was answered meanwhile gets that answer and is not charged
 * again, so that of two equal requests at once only one pays.
 */
export const commitEvaluation = (
  writer: KvWriter,
  commitment: MatchCommitment,
  log: LogIdentity,
): Either<QuotaSpent | RateExceeded, StoredEvaluation> => {
  const before = readEvaluation(writer, commitment);
  if (before) return E.right(before);
  const { answer, bureau, entry, epoch, now, perMinute, quota } = commitment;
  const elements = answer.evaluated.length / ELEMENT_BYTES;
  const spent = affordableMatch(readMatchSpending(writer, commitment, now), { elements, quota, now });
  if (E.isLeft(spent)) return spent;
  const times = perMinute === undefined ? undefined : withinRate(readAnswerTimes(writer, bureau, 'match'), { perMinute, now });
  if (times && E.isLeft(times)) return times;
  if (times) putAnswerTimes(writer, bureau, 'match', times.right);
  const { day, elementsOfDay, elementsOfEpoch } = spent.right;
  writer.put(DAYS, kvKey(bureau), writeStored(DayRecord, { day, elements: elementsOfDay }));
  writer.put(EPOCHS, kvKey(epoch, bureau), writeStored(EpochRecord, { elements: elementsOfEpoch }));
  const evaluation = { ...answer, receipt: appendLogged(writer, { entry, log }) };
  writer.put(ANSWERS, answerKey(commitment), writeStored(Evaluation, evaluation));
  return E.right(evaluation);
};

/** Removes the answers of an epoch, whose key is gone, and what was spent in it. The quota of the day stays. */
export const retireEvaluations = async (kv: Kv, epoch: number): Promise<void> => {
  for (const table of [ANSWERS, EPOCHS]) await wipeRange(kv, table, kvPrefix(epoch));
};
