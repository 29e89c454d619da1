import { E, type Either, type Kv, kvKey, readStored, writeStored } from '@vouchsafe/core';
import { Federation } from './federation.ts';
import { type BadSuccession, checkSuccession } from './signed-federation.ts';

const TABLE = 'federation';

/** Remembers the document in a party's store; refuses one that may not follow the one before, so that an old file cannot bring back old keys, members or rosters. */
export const adoptFederation = (kv: Kv, federation: Federation): Promise<Either<BadSuccession, void>> =>
  kv.commit((writer) => {
    const key = kvKey('adopted');
    const stored = writer.get(TABLE, key);
    const fits = stored ? checkSuccession(readStored(Federation, stored), federation) : E.right(undefined);
    if (E.isRight(fits)) writer.put(TABLE, key, writeStored(Federation, federation));
    return fits;
  });
