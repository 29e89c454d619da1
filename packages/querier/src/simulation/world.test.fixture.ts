import { createHash } from 'node:crypto';
import { readLeaf } from '@vouchsafe/audit';
import {
  createSigner,
  encodeCanonical,
  type Kv,
  type KvEntry,
  KvFailure,
  memoryKv,
  rational,
  rowOf,
  Secret,
  type Signer,
} from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup, GENERATOR, type Group, randomScalars } from '@vouchsafe/group';
import { createHolder, createHolderStore, fromIterable, type Holder, type HolderStore, NO_TICK } from '@vouchsafe/holder';
import { QueryTerms } from '@vouchsafe/join';
import { type Federation, readFrame, readProblem, type SignedFederation, signRequest, writeFrame } from '@vouchsafe/protocol';
import { seededRng } from '@vouchsafe/testkit';
import { openFederation, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from '../federation.test.fixture.ts';
import { type Request as Asked, type Fraction, fraction, type Terms } from './model.test.fixture.ts';

const COLUMNS = [{ kind: 'flag', name: 'late' }] as const;
const PEOPLE = 20;
const BATCHES = 4;

/** A policy of these terms. */
const policyOf = ({ totals, match, ...rates }: Terms): unknown => {
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

const storeOver = async (kv: Kv): Promise<HolderStore> =>
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

/** What is to go wrong in the store: at which transaction of a request, and whether it is on the disk all the same. */
export interface StoreFaultAt {
  readonly transaction: 1 | 2;
  readonly durable: boolean;
}

/** A request on its way, to be delivered now, later, or again. */
export interface Sent {
  readonly asked: Asked;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, by the bureau's clock. */
  readonly at: number;
}

/** What came back: `answered` or a refusal's tag, and the hash of the body. */
export interface Outcome {
  readonly tag: string;
  readonly hash: string;
}

/** One holder over a store of its own, with a clock that the test moves and a store that fails when it is told to. */
export class World {
  now: number;
  file = 0;
  fault: StoreFaultAt | undefined;
  private readonly template: Template;
  private readonly kv: Kv;
  private terms: Terms;
  private holder: Holder | undefined;
  private store: HolderStore | undefined;
  private transactions = 0;

  private constructor(template: Template, kv: Kv, { now, terms }: { readonly now: number; readonly terms: Terms }) {
    this.template = template;
    this.kv = kv;
    this.now = now;
    this.terms = terms;
  }

  static async open(template: Template, start: { readonly now: number; readonly terms: Terms }): Promise<World> {
    const kv = memoryKv();
    await kv.commit((writer) => {
      for (const { name, entries } of template.tables) for (const { key, value } of entries) writer.put(name, key, value);
    });
    const world = new World(template, kv, start);
    await world.start();
    return world;
  }

  /** Begins anew over what the store has, as after a crash. */
  async start(): Promise<void> {
    const { federation, files, group } = this.template;
    await this.holder?.close();
    this.store = await storeOver(this.faulty());
    this.holder = unwrap(
      await createHolder({
        federation: files[this.file],
        auditorKey: federation.auditorKey,
        id: 'ant',
        secrets: federation.secretsOf('ant'),
        policy: policyOf(this.terms),
        source: fromIterable(() => []),
        store: this.store,
        group,
        padTo: 8,
        tick: NO_TICK,
        clock: () => this.now,
        onError: (error) => {
          if (!(error instanceof KvFailure)) throw error;
        },
      })(),
    );
  }

  async adopt(terms: Terms, file: number): Promise<void> {
    [this.terms, this.file] = [terms, file];
    unwrap(await this.holder!.adopt({ federation: this.template.files[file], policy: policyOf(terms) })());
  }

  /** Signs a request. */
  send(asked: Asked): Sent {
    const body = this.template.bodyOf(asked);
    const url = `http://ant.test/vouchsafe/v1/${asked.what}`;
    const { message } = signRequest({ signer: this.template.signer, now: () => this.now }, { method: 'POST', url, body });
    return { asked, body, url, headers: { ...message }, at: this.now };
  }

  /** Hands a request to the holder. @param fault what goes wrong in its store meanwhile */
  async deliver({ url, headers, body }: Sent, fault?: StoreFaultAt): Promise<Outcome> {
    [this.fault, this.transactions] = [fault, 0];
    const response = await this.holder!.fetch(new Request(url, { method: 'POST', headers, body }));
    this.fault = undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (response.status === 200) return { tag: 'answered', hash };
    return {
      tag: unwrap(readProblem(new TextDecoder().decode(bytes)))
        .type.split(':')
        .at(-1)!,
      hash,
    };
  }

  spent(epoch: number): ReturnType<HolderStore['spent']> {
    return this.store!.spent({ bureau: 'bureau', epoch });
  }

  matchSpent(epoch: number): ReturnType<HolderStore['matchSpent']> {
    return this.store!.matchSpent({ bureau: 'bureau', epoch }, this.now);
  }

  /** What the log says of answers: how many, and what they took, by epoch. */
  async logged(): Promise<readonly { readonly epoch: number; readonly leaf: string; readonly took: string }[]> {
    const found: { readonly epoch: number; readonly leaf: string; readonly took: string }[] = [];
    for (let from = 0; ; from += 256) {
      const page = unwrap(await this.store!.log.entries({ from, count: 256 }));
      for (const entry of page) {
        const leaf = unwrap(readLeaf(entry));
        if (leaf.leaf === 'query')
          found.push({
            epoch: leaf.epoch,
            leaf: leaf.kind,
            took: Buffer.from(encodeCanonical([Number(leaf.charge.num), Number(leaf.rho?.num ?? 0)])).toString('hex'),
          });
        if (leaf.leaf === 'match') found.push({ epoch: leaf.epoch, leaf: 'match', took: String(leaf.elements) });
      }
      if (page.length < 256) return found;
    }
  }

  async close(): Promise<void> {
    await this.holder!.close();
    await this.kv.close();
  }

  /** The store, which outlives the holder and fails when it is told to. */
  private faulty(): Kv {
    return {
      ...this.kv,
      commit: async (work) => {
        const { fault } = this;
        const hit = ++this.transactions === fault?.transaction;
        if (hit && !fault.durable) throw new KvFailure('StoreFull', 'no room');
        const result = await this.kv.commit(work);
        if (hit) throw new KvFailure('StoreUnwritable', 'it is uncertain what is on the disk');
        return result;
      },
      close: async () => undefined,
    };
  }
}
