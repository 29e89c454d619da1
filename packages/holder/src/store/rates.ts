import { concatBytes, E, type Either, i2osp, type KvReader, type KvWriter, kvKey } from '@vouchsafe/core';

/** What a rate limit counts: `query` is `aggregate` and `signal` together. */
export type RateKind = 'query' | 'match';

/** How many new answers a querier gets in any minute, and what time it is. */
export interface RateTerms {
  readonly perMinute: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The querier asks faster than its policy lets it. Nothing was charged. */
export interface RateExceeded {
  readonly _tag: 'RateExceeded';
  readonly message: string;
  /** Seconds from now. */
  readonly retryAfter: number;
}

const TABLE = 'rates';
const MINUTE_MS = 60_000;
/** Bytes of a time, as in a key. */
const TIME_BYTES = 6;

/** When the querier got its last answers of a kind: milliseconds since 1970, rising. */
export const readAnswerTimes = (reader: KvReader, bureau: string, kind: RateKind): readonly number[] => {
  const stored = Buffer.from(reader.get(TABLE, kvKey(bureau, kind)) ?? []);
  return Array.from({ length: stored.length / TIME_BYTES }, (_, i) => stored.readUIntBE(i * TIME_BYTES, TIME_BYTES));
};

/**
 * Is there room for one more answer in the minute that ends now? Answers of the coming minute count, too: a clock that was put back a little brings nothing back. What lies further ahead is of a clock that was
 * wrong, and would lock the querier out until then.
 * @returns the times that count, with this one
 */
export const withinRate = (times: readonly number[], { perMinute, now }: RateTerms): Either<RateExceeded, readonly number[]> => {
  const counted = times.filter((time) => Math.abs(time - now) < MINUTE_MS);
  if (counted.length < perMinute) return E.right([...counted, now].sort((a, b) => a - b));
  // With this one gone, and those before it, there is room again.
  const last = counted[counted.length - perMinute]!;
  return E.left({
    _tag: 'RateExceeded',
    message: `this querier gets ${perMinute} new answers a minute; nothing was charged. Ask again in a moment`,
    retryAfter: Math.max(1, Math.ceil((last + MINUTE_MS - now) / 1000)),
  });
};

/** Counts an answer, within its commit. @param times of {@link withinRate} */
export const putAnswerTimes = (writer: KvWriter, bureau: string, kind: RateKind, times: readonly number[]): void =>
  writer.put(TABLE, kvKey(bureau, kind), concatBytes(...times.map((time) => i2osp(time, TIME_BYTES))));
