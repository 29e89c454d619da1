import { createSigner, type Kv, type KvEntry, memoryKv, rational, rowOf, Secret, type Signer } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup, GENERATOR, type Group, randomScalars } from '@vouchsafe/group';
import { createHolderStore, type HolderStore } from '@vouchsafe/holder';
import { QueryTerms } from '@vouchsafe/join';
import { type Federation, readFrame, type SignedFederation, writeFrame } from '@vouchsafe/protocol';
import { seededRng } from '@vouchsafe/testkit';
import { openFederation, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from '../federation.test.fixture.ts';
import { type Request as Asked, type Fraction, fraction, type Terms } from './model.test.fixture.ts';

const COLUMNS = [{ kind: 'flag', name: 'late' }] as const;
const PEOPLE = 20;
const BATCHES = 4;

/** A policy of these terms. */
export const policyOf = ({ totals, match, ...rates }: Terms): unknown => {
  const exact = ([num, den]: Fraction): string => `${num}/${den}`;
  const rho = totals?.rhoPerQuery && totals.rhoPerEpoch;
  return {
    version: 1,
    minimumCohort: 20,
    queriers: [
      {
        bureau: 'bureau',
        ...(match ? { match: { elementsPerDay: match.perDay, elementsPerEpoch: match.perEpoch } } : {}),
        ...(totals
          ? {
              totals: {
                purposes: [PURPOSE, 'other'],
                columns: ['present', 'late'],
                ...(totals.narrow ? { perPurpose: [{ purpose: 'other', kinds: ['aggregate'], columns: ['present'] }] } : {}),
                aggregate: {
                  epsilonPerQuery: exact(totals.epsilonPerQuery),
                  epsilonPerEpoch: exact(totals.epsilonPerEpoch),
                  ...(rho ? { rhoPerQuery: exact(totals.rhoPerQuery), rhoPerEpoch: exact(totals.rhoPerEpoch) } : {}),
                },
                ...(totals.signals > 0 ? { signal: { consent: 'notRequired', queriesPerEpoch: totals.signals } } : {}),
              },
            }
          : {}),
        ...(Object.keys(rates).length > 0 ? { rateLimit: rates } : {}),
        matchAndTotals: 'accepted',
      },
    ],
  };
};

/** Everything granted with room, to seal with. */
const ROOM: Terms = {
  totals: { epsilonPerQuery: [9n, 1n], epsilonPerEpoch: [9n, 1n], signals: 9, narrow: false },
  match: { perDay: 1000, perEpoch: 1000 },
};

interface Table {
  readonly name: string;
  readonly entries: readonly KvEntry[];
}

/** A holder in two epochs that are sealed, as its store has it; and what a bureau sends. */
export interface Template {
  readonly tables: readonly Table[];
  /** The files: with both epochs, and with the second one only. */
  readonly files: readonly [SignedFederation, SignedFederation];
  readonly federation: TestFederation;
  readonly group: Group;
  readonly signer: Signer;
  readonly bodyOf: (asked: Asked) => Uint8Array<ArrayBuffer>;
}

const KEY = new Uint8Array(32).fill(5);

/** @param kv keeps a keyring whose key is always the same */
export const storeOver = async (kv: Kv): Promise<HolderStore> =>
  createHolderStore({ kv, keyring: unwrap(await openKeyring({ kv, unlock: { key: new Secret(KEY.slice()) } })()) });

/** A store that remembers which tables it has. */
const listed = (kv: Kv, names: Set<string>): Kv => ({
  ...kv,
  commit: (work) =>
    kv.commit((writer) =>
      work({
        get: writer.get,
        range: writer.range,
        delete: writer.delete,
        put: (table, key, value) => {
          names.add(table);
          writer.put(table, key, value);
        },
      }),
    ),
  load: (table, entries) => {
    names.add(table);
    return kv.load(table, entries);
  },
});

/** Seals both epochs once, as a real bureau and real holders do. */
export const sealTemplate = async (): Promise<Template> => {
  const names = new Set<string>();
  const kv = memoryKv();
  const people = Array.from({ length: PEOPLE }, (_, id) => ({ id, values: { late: id % 2 === 0 } }));
  const federation = await openFederation({
    tables: { ant: people, bee: people },
    columns: COLUMNS,
    policies: { ant: policyOf(ROOM), bee: policyOf(ROOM) },
    stores: { ant: await storeOver(listed(kv, names)) },
  });
  const { document, signed, holders } = federation;
  const roster = document.epochs[0]!.roster;
  const both: Federation = { ...document, serial: 2, epochs: [...document.epochs, { number: 8, roster }] };
  const second: Federation = { ...document, serial: 3, epochs: [{ number: 8, roster }] };

  /** Queries as they were sent; nobody answered them. */
  const frames = new Map<string, { readonly envelope: QueryTerms; readonly rows: Uint8Array }>();
  const querier = await federation.openQuerier({
    fetch: async (request, deliver) => {
      if (!request.url.endsWith('/v1/query')) return deliver(request);
      const { envelope, rows } = unwrap(readFrame(QueryTerms, 32, new Uint8Array(await request.arrayBuffer())));
      frames.set(`${envelope.epoch} ${envelope.kind}`, { envelope, rows });
      return new Response(null, { status: 503 });
    },
  });
  const ask = async (): Promise<void> => {
    unwrap(await querier.sync()());
    const question = { scheme: SCHEME, purpose: PURPOSE, columns: ['present'] };
    await querier.aggregate({ ...question, cohort: people.map(({ id }) => raw(id)), epsilon: 1 })();
    await querier.signal({ ...question, subject: raw(1) })();
  };
  await ask();
  for (const holder of holders.values()) {
    unwrap(await holder.adopt({ federation: signed(both) })());
    unwrap(await holder.load()());
  }
  unwrap(await querier.adopt(signed(both))());
  await ask();
  await querier.close();
  await federation.querier.close();

  const tables = [...names].map((name) => ({ name, entries: kv.read((reader) => [...reader.range(name)]) }));
  const group = createGroup({ pool: null });
  const elements = await group.multiplyBase(GENERATOR, randomScalars(BATCHES * 8, seededRng('elements')));
  const bodyOf = (asked: Asked): Uint8Array<ArrayBuffer> => {
    if (asked.what === 'match') {
      const rows = Buffer.concat(Array.from({ length: asked.elements }, (_, i) => rowOf(elements, 32, 8 * asked.batch + i)));
      return writeFrame({ envelope: { epoch: asked.epoch, scheme: SCHEME }, rows, rowBytes: 32 }) as Uint8Array<ArrayBuffer>;
    }
    const frame = frames.get(`${asked.epoch} ${asked.kind}`)!;
    const { price, small, purpose, column, repeat } = asked;
    const of = rational(...(price?.of ?? fraction(0n, 1n)));
    const envelope: QueryTerms = {
      ...frame.envelope,
      purpose,
      columns: [column],
      repeat,
      ...(price?.in === 'rho' ? { epsilon: rational(0), rho: of } : { epsilon: of }),
    };
    const rows = small ? frame.rows.subarray(0, -32) : frame.rows;
    return writeFrame({ envelope: QueryTerms.encode(envelope), rows, rowBytes: 32 }) as Uint8Array<ArrayBuffer>;
  };
  const signer = createSigner(federation.secretsOf('bureau').signSeed);
  return { tables, files: [signed(both), signed(second)], federation, group, signer, bodyOf };
};
