import { proveConsistency, proveInclusion, readCheckpoint, readEntries, SALT_BYTES, verifyStoredLog } from '@vouchsafe/audit';
import {
  bytesUpTo,
  csprng,
  E,
  type Either,
  type Kv,
  kvKey,
  kvPrefix,
  type Rng,
  readStored,
  record,
  Secret,
  type SpillCover,
  TE,
  utf8ToBytes,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { createCover, createEpochSecrets, type Keyring } from '@vouchsafe/core/at-rest';
import { adoptFederation } from '@vouchsafe/protocol';
import * as t from 'io-ts';
import { debit, readSpending } from './budgets.ts';
import { createBulkSetStore, retireBulkSets } from './bulk-sets.ts';
import { forgetConsents, readConsent, stillFree, useConsent } from './consents.ts';
import { createIndexStore, retireIndexes } from './index-store.ts';
import { appendIndexed, appendLogged, keysOfLog } from './log.ts';
import { commitBulk, commitEvaluation, readEvaluation, readMatchSpending, retireEvaluations } from './match-answers.ts';
import { createNonces } from './nonces.ts';
import type { CannotCommit, EpochSecrets, HolderStore, QueryId, StoredAnswer } from './port.ts';
import { putAnswerTimes, readAnswerTimes, withinRate } from './rates.ts';
import { createRowDebits, retireRowDebits } from './row-debits.ts';
import { createTableStore, forgetTables, readAuditTable, retireTables } from './tables.ts';

const Answer: t.Type<StoredAnswer, unknown, unknown> = record<StoredAnswer>(
  'StoredAnswer',
  { rows: bytesUpTo(1 << 20), suppressed: t.boolean as t.Type<boolean, unknown, unknown>, receipt: bytesUpTo(1 << 16) },
  {},
);

/** The epoch's secrets, and the key under which plain rows and outputs wait on the disk. */
interface OpenEpoch extends EpochSecrets {
  readonly spill: Secret;
}

const ANSWERS = 'answers';
const OPENINGS = 'openings';
const ACKNOWLEDGED = 'acknowledged';
const REPORTS = 'reports';

/** The holder's state over any ordered store. @param keyring seals what must not lie readable on a disk */
export const createHolderStore = (
  { kv: own, keyring }: { readonly kv: Kv; readonly keyring: Keyring },
  rng: Rng = csprng,
): HolderStore => {
  const { kv, admit } = createNonces(own);
  const epochs = createEpochSecrets({ kv, keyring, parts: 4 }, rng);

  const epochSecrets = async (epoch: number): Promise<OpenEpoch> => {
    const [join, value, match, spill] = await epochs.secrets(epoch);
    return { join: join!, value: value!, match: match!, spill: spill! };
  };

  /** Encrypts what of an epoch waits on the disk. */
  const coverOf = async (epoch: number): Promise<SpillCover> => createCover((await epochSecrets(epoch)).spill);

  return {
    adopt: (federation) => adoptFederation(kv, federation),

    epochSecrets,
    joinSeed: (epoch) => epochs.first(epoch),

    retire: async ({ live, now, auditWindow }) => {
      for (const epoch of epochs.over(live)) {
        await retireTables(kv, epoch);
        await retireRowDebits(kv, epoch);
        await retireIndexes(kv, epoch);
        await retireEvaluations(kv, epoch);
        await retireBulkSets(kv, epoch);
        await wipeRange(kv, REPORTS, kvPrefix(epoch));
        // Last: an epoch with secrets is one that still has to be cleared away.
        await epochs.end(epoch, now);
      }
      for (const epoch of await epochs.forget(Math.max(0, now - auditWindow))) {
        await forgetTables(kv, epoch);
        await forgetConsents(kv, epoch);
        await wipeRange(kv, ANSWERS, kvPrefix(epoch));
      }
    },

    admit: async (nonce, now) => admit(nonce, now),

    answered: async (query) =>
      kv.read((reader) => {
        const stored = reader.get(ANSWERS, answerKey(query));
        return stored && readStored(Answer, stored);
      }),

    spent: async (account) => kv.read((reader) => readSpending(reader, account)),

    consented: async (epoch, id) => kv.read((reader) => readConsent(reader, epoch, id)),

    commit: async (commitment, log) => {
      const { rows } = commitment;
      const debits = rows && createRowDebits({ ...commitment, scheme: rows.scheme }, await coverOf(commitment.epoch));
      return kv.commit((writer): Either<CannotCommit, StoredAnswer> => {
        const before = writer.get(ANSWERS, answerKey(commitment));
        if (before) return E.right(readStored(Answer, before));
        // Refusals come before the first write: what is given back as a value is committed, too.
        const { consent: id, epoch, digest } = commitment;
        const free = stillFree(id && readConsent(writer, epoch, id), digest);
        if (E.isLeft(free)) return free;
        const { bureau, rate } = commitment;
        const times = rate && withinRate(readAnswerTimes(writer, bureau, 'query'), rate);
        if (times && E.isLeft(times)) return times;
        const debited = debit(writer, commitment, commitment);
        if (E.isLeft(debited)) return debited;
        if (times) putAnswerTimes(writer, bureau, 'query', times.right);
        if (rows) debits?.append(writer, rows);
        if (id) useConsent(writer, { epoch, id, digest });
        const { index, receipt } = appendIndexed(writer, { entry: commitment.entry, log });
        const answer = { ...commitment.answer, receipt };
        writer.put(ANSWERS, answerKey(commitment), writeStored(Answer, answer));
        const place = { table: OPENINGS, key: kvKey(index) };
        writer.put(place.table, place.key, keyring.seal(place, new Secret(commitment.opening)));
        return E.right(answer);
      });
    },

    answerTimes: async (bureau, kind) => kv.read((reader) => readAnswerTimes(reader, bureau, kind)),

    evaluated: async (request) => kv.read((reader) => readEvaluation(reader, request)),

    matchSpent: async (account, now) => kv.read((reader) => readMatchSpending(reader, account, now)),

    commitEvaluation: (commitment, log) => kv.commit((writer) => commitEvaluation(writer, commitment, log)),

    commitBulk: (commitment, log) => kv.commit((writer) => commitBulk(writer, commitment, log)),

    append: (entry, log) => kv.commit((writer) => appendLogged(writer, { entry, log })),

    log: {
      checkpoint: async () => kv.read(readCheckpoint),
      consistency: async (sizes) => kv.read((reader) => proveConsistency(reader, sizes)),
      inclusion: async (at) => kv.read((reader) => proveInclusion(reader, at)),
      entries: async (page) => kv.read((reader) => readEntries(reader, page)),
      verify: (log, watch) =>
        TE.map(() => undefined)(verifyStoredLog({ store: kv, log: { origin: log.origin, publicKeys: keysOfLog(log) }, watch })),
    },

    acknowledge: (items) =>
      kv.commit((writer) => {
        for (const { index, signature } of items) writer.put(ACKNOWLEDGED, kvKey(index), signature);
      }),
    acknowledgements: async ({ from, count }) =>
      kv.read((reader) =>
        [...reader.range(ACKNOWLEDGED, { from: kvKey(from), limit: count })].map(({ key, value }) => ({
          index: Buffer.from(key).readUIntBE(0, 6),
          signature: value,
        })),
      ),

    opening: async (index) => {
      const place = { table: OPENINGS, key: kvKey(index) };
      const box = kv.read((reader) => reader.get(place.table, place.key));
      if (!box) return undefined;
      const opened = keyring.open(place, box);
      if (E.isLeft(opened)) throw new Error(opened.left.message);
      const bytes = opened.right.reveal();
      return { salt: bytes.slice(0, SALT_BYTES), matched: Buffer.from(bytes).readUInt32BE(SALT_BYTES) };
    },

    auditTable: async (id) => readAuditTable(kv, id),
    table: async (id, slots) => createTableStore({ kv, cover: await coverOf(id.epoch), id, slots }),
    index: async (scheme, epoch) => createIndexStore({ kv, cover: await coverOf(epoch), scheme, epoch }),
    bulkSet: async (scheme, epoch) => createBulkSetStore({ kv, cover: await coverOf(epoch), scheme, epoch }),
    loaded: async (scheme, epoch) =>
      kv.read((reader) => {
        const stored = reader.get(REPORTS, kvKey(epoch, scheme));
        return stored && JSON.parse(new TextDecoder().decode(stored));
      }),
    markLoaded: (scheme, epoch, report) =>
      kv.commit((writer) => writer.put(REPORTS, kvKey(epoch, scheme), utf8ToBytes(JSON.stringify(report)))),

    close: async () => {
      await epochs.close();
      keyring.close();
      await kv.close();
    },
  };
};

const answerKey = ({ bureau, epoch, digest }: QueryId): Uint8Array => kvKey(epoch, bureau, digest);
