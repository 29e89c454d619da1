import { readLeaf } from '@vouchsafe/audit';
import { checkSample, drawRows, Sample } from '@vouchsafe/audit/openings';
import { decodeCanonical, E, encodeCanonical, memoryKv, Secret, utf8ToBytes } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createGroup } from '@vouchsafe/group';
import { createHolderStore, fromIterable, type RecordSource, type SourceRecord } from '@vouchsafe/holder';
import { AuditSampled, CBOR_TYPE, LogEntries, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import { syntheticRid } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, type TestFederation, unwrap } from './federation.test.fixture.ts';
import { type Auditor, createAuditor, createQuerierStore, type Fetch } from './index.ts';

const person = (id: number): Person => ({ id, values: { loans: id % 20, net: 0, late: id % 2 === 1, worst: 'none' } });
const people = (from: number, to: number): readonly Person[] => Array.from({ length: to - from }, (_, i) => person(from + i));
const idOf = (id: number): Uint8Array => utf8ToBytes(`${SCHEME}:${syntheticRid(id)}`);
/** present, loans, net and its squares (offset 1000 in units of 4), late, worst. */
const slotsOf = ({ values }: Person): readonly number[] => [
  1,
  Number(values['loans']),
  1000,
  250_000,
  values['late'] ? 1 : 0,
  1,
  0,
  0,
];
const tags = (result: E.Either<{ readonly _tag: string }, unknown>): string => (E.isLeft(result) ? result.left._tag : 'fine');

describe('the auditor', () => {
  let federation: TestFederation;
  let auditor: Auditor;
  let records: readonly Person[] = people(0, 30);
  const ant: RecordSource = fromIterable(() =>
    records.map(({ id, values }, i): SourceRecord => ({ row: i + 1, identifier: raw(id), values })),
  );
  const auditorWith = (fetch: Fetch, id = 'auditor'): Auditor =>
    unwrap(
      createAuditor({
        federation: federation.signed(federation.document),
        auditorKey: federation.auditorKey,
        secrets: federation.secretsOf(id),
        fetch,
      }),
    );
  const deliver: Fetch = (request) => federation.holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request);
  const entriesOf = async (holder: string) => {
    const page = await federation.send(holder, '/v1/log/entries?from=0&count=100', { member: 'auditor' });
    return unwrap(readEnvelope(LogEntries, new Uint8Array(await page.arrayBuffer()))).entries.map((one) => unwrap(readLeaf(one)));
  };

  beforeAll(async () => {
    federation = await openFederation({ tables: { ant, bee: people(10, 40) } });
    auditor = auditorWith(deliver);
    unwrap(await federation.querier.sync()());
    // Entries 0 and 1 are about the sealing.
    unwrap(await federation.querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(15), columns: ['loans'] })());
    const cohort = people(0, 25).map(({ id }) => raw(id));
    unwrap(
      await federation.querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1e9 })(),
    );
  });

  describe('opens a query', () => {
    it('of one person: who was asked about, and how many the holder knew; the look is in the log', async () => {
      const { matched, request, query } = unwrap(await auditor.requestOpening({ holder: 'ant', entry: 2 })());
      expect([query.kind, query.cohortSize, matched]).toEqual(['signal', 1, 1]);
      const answer = unwrap(await federation.querier.open(request)());
      expect(unwrap(await auditor.checkOpening({ request, answer })())).toEqual([{ position: 0, id: idOf(15) }]);
      const last = (await entriesOf('ant')).at(-1)!;
      expect(last).toMatchObject({ leaf: 'open', auditor: 'auditor', querier: 'bureau', entry: 2, subjects: 1 });
      expect(JSON.stringify(last)).not.toContain(syntheticRid(15));
    });

    it('over a cohort: any of its subjects, by place', async () => {
      const positions = [24, 0, 7];
      const { matched, request } = unwrap(await auditor.requestOpening({ holder: 'bee', entry: 3, positions })());
      expect(matched).toBe(15);
      const answer = unwrap(await federation.querier.open(request)());
      const shown = unwrap(await auditor.checkOpening({ request, answer })());
      expect(shown.map(({ position }) => position)).toEqual(positions);
      const cohort = people(0, 25).map(({ id }) => Buffer.from(idOf(id)).toString());
      for (const { id } of shown) expect(cohort).toContain(Buffer.from(id).toString());
    });

    it('refuses an answer with another person, key, place, query or proof', async () => {
      const { request } = unwrap(await auditor.requestOpening({ holder: 'ant', entry: 3, positions: [3] })());
      const answer = unwrap(await federation.querier.open(request)());
      const honest = unwrap(decodeCanonical(answer)) as {
        subjects: Record<string, unknown>[];
        digest: Uint8Array;
        joinKey: Uint8Array;
      };
      const [one] = honest.subjects;
      const flipped = (bytes: unknown, at = 0): Uint8Array =>
        Uint8Array.from(bytes as Uint8Array, (b, i) => (i === at ? b ^ 1 : b));
      for (const change of [
        { subjects: [{ ...one, id: idOf(29) }] },
        { subjects: [{ ...one, pseudonym: honest.joinKey }] },
        { subjects: [{ ...one, position: 4 }] },
        { subjects: [{ ...one, proof: flipped(one!['proof'], 70) }] },
        { subjects: [{ ...one, path: [] }] },
        { subjects: [] },
        { digest: flipped(honest.digest) },
        { joinKey: one!['pseudonym'] },
      ])
        expect(tags(await auditor.checkOpening({ request, answer: encodeCanonical({ ...honest, ...change }) })())).toBe(
          'BadOpening',
        );
      expect(tags(await auditor.checkOpening({ request, answer })())).toBe('fine');
      // The proof is for this request: with the request for another query it shows nothing.
      const other = unwrap(await auditor.requestOpening({ holder: 'ant', entry: 2 })());
      expect(tags(await auditor.checkOpening({ request: other.request, answer })())).toBe('BadOpening');
    });

    it('the bureau opens for its auditor only, and nothing that the holder did not log', async () => {
      const { request } = unwrap(await auditor.requestOpening({ holder: 'ant', entry: 2 })());
      const changed = request.slice();
      changed[changed.indexOf(0x69) + 5]! ^= 1;
      expect(['BadOpenRequest', 'OpeningNotLogged']).toContain(tags(await federation.querier.open(changed)()));
      const other = await federation.openQuerier({ id: 'other-bureau' });
      expect(tags(await other.open(request)())).toBe('CannotOpenQuery');
      expect((await federation.send('ant', ROUTES.auditOpen, { method: 'POST', body: new Uint8Array(1) })).status).toBe(403);
      expect(tags(await auditor.requestOpening({ holder: 'ant', entry: 0 })())).toBe('NotOpened');
      expect(tags(await auditor.requestOpening({ holder: 'ant', entry: 2, positions: [1] })())).toBe('NotOpened');
      expect(tags(await auditor.requestOpening({ holder: 'ant', entry: 999 })())).toBe('NotOpened');
    });

    it('who was asked about lies encrypted in the store, survives a restart, and is forgotten when the window is over', async () => {
      const kv = memoryKv();
      const lasting = { ...kv, close: async () => undefined };
      const open = async () =>
        createQuerierStore({
          kv: lasting,
          keyring: unwrap(await openKeyring({ kv: lasting, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })()),
        });
      const own = await openFederation({ tables: { ant: people(0, 30), bee: people(10, 40) } });
      const first = await own.openQuerier({ store: await open() });
      unwrap(await first.sync()());
      unwrap(await first.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(15), columns: [] })());
      await first.close();
      const stored = kv.read((reader) => [...reader.range('queries')].map(({ value }) => Buffer.from(value).toString('latin1')));
      expect(stored).toHaveLength(1);
      expect(stored.join()).not.toContain(syntheticRid(15));
      const kept = await open();
      const again = await own.openQuerier({ store: kept });
      const theirs = unwrap(
        createAuditor({
          federation: own.signed(own.document),
          auditorKey: own.auditorKey,
          secrets: own.secretsOf('auditor'),
          fetch: (request) => own.holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
        }),
      );
      const { request } = unwrap(await theirs.requestOpening({ holder: 'ant', entry: 2 })());
      const answer = unwrap(await again.open(request)());
      expect(unwrap(await theirs.checkOpening({ request, answer })())).toEqual([{ position: 0, id: idOf(15) }]);
      // The epoch is over: its queries can be opened until the audit window ends.
      await kept.retire({ live: [8], now: 1000, auditWindow: 50 });
      expect(tags(await again.open(request)())).toBe('fine');
      await kept.retire({ live: [8], now: 1051, auditWindow: 50 });
      expect(tags(await again.open(request)())).toBe('CannotOpenQuery');
    });
  });

  describe('samples a table', () => {
    const question = { holder: 'ant', querier: 'bureau', scheme: SCHEME, epoch: 7 };
    const books = async (id: Uint8Array) => {
      const found = people(0, 30).find((one) => Buffer.compare(idOf(one.id), id) === 0);
      return found && slotsOf(found);
    };

    it('every row of an honest holder opens, and is what the books say', async () => {
      const result = unwrap(await auditor.sample({ ...question, records: books })());
      expect([result.tableRows, result.rows.length, result.padding, result.bad]).toEqual([32, 32, 2, 0]);
      expect(result.rows.filter(({ books: own }) => own === 'same')).toHaveLength(30);
      expect([result.found95, result.found99]).toEqual([1, 1]);
      const last = (await entriesOf('ant')).at(-1)!;
      expect(last).toMatchObject({ leaf: 'sample', auditor: 'auditor', querier: 'bureau', rows: 32 });
      const part = unwrap(await auditor.sample({ ...question, rows: 8 })());
      expect(part.rows).toHaveLength(8);
      expect(part.detection[0]).toEqual({ bad: 1, probability: expect.closeTo(0.25, 10) });
    });

    it('finds what was sealed other than in the books', async () => {
      const wrong = async (id: Uint8Array) => {
        const values = await books(id);
        return Buffer.compare(id, idOf(3)) === 0
          ? undefined
          : Buffer.compare(id, idOf(4)) === 0
            ? [...values!.slice(0, 1), 9, ...values!.slice(2)]
            : values;
      };
      const result = unwrap(await auditor.sample({ ...question, records: wrong })());
      expect(result.bad).toBe(2);
      expect(result.rows.flatMap(({ books: own }) => (own === undefined || own === 'same' ? [] : [own])).sort()).toEqual([
        'no such person',
        'other values',
      ]);
    });

    it('a record that is gone or was changed since does not open to what was sealed', async () => {
      records = people(1, 30).map((one) => (one.id === 5 ? { ...one, values: { ...one.values, loans: 19 } } : one));
      const result = unwrap(await auditor.sample(question)());
      records = people(0, 30);
      expect(result.rows.flatMap(({ fault }) => fault ?? []).sort()).toEqual(['noRecord', 'notInTable']);
      expect(result.bad).toBe(2);
    });

    it('finds a holder that shows other values, persons, padding, keys, rows or a false key KH', async () => {
      /** What the auditor's check says of a sample that was changed. */
      const cheated = async (change: (sample: Sample) => Sample) => {
        const seed = new Uint8Array(32).fill(9);
        const body = encodeCanonical({ querier: 'bureau', scheme: SCHEME, epoch: 7, seed, count: 32 }) as Uint8Array<ArrayBuffer>;
        const response = await federation.send('ant', ROUTES.auditSample, {
          member: 'auditor',
          method: 'POST',
          headers: { 'content-type': CBOR_TYPE },
          body,
        });
        const envelope = unwrap(readEnvelope(AuditSampled, new Uint8Array(await response.arrayBuffer())));
        const sample = unwrap(readEnvelope(Sample, envelope.sample));
        const leaf = (await entriesOf('ant')).find((one) => one.leaf === 'seal' && one.stage === 'sealed')!;
        if (leaf.leaf !== 'seal') throw new Error('no seal');
        const context = { federation: 'test', bureau: 'bureau', holder: 'ant', scheme: SCHEME, epoch: 7 };
        const drawn = drawRows({ seed, root: leaf.root, rows: leaf.rows, count: 32 });
        return checkSample({ sample: change(sample), context, leaf, drawn, slots: 8 }, createGroup());
      };
      const first = (sample: Sample, kind: 'id' | 'padding'): number => sample.rows.findIndex((row) => row[kind] !== undefined);
      const withRow =
        (at: number, change: object) =>
        (sample: Sample): Sample => ({
          ...sample,
          rows: sample.rows.map((row, i) => (i === at ? { ...row, ...change } : row)),
        });
      const faults = async (change: (sample: Sample) => Sample) => {
        const result = await cheated(change);
        return E.isLeft(result) ? result.left._tag : result.right.flatMap(({ fault }) => fault ?? []).join();
      };
      expect(await faults((sample) => sample)).toBe('');
      expect(await faults((sample) => withRow(first(sample, 'id'), { values: new Uint8Array(32) })(sample))).toBe('otherValues');
      expect(await faults((sample) => withRow(first(sample, 'id'), { id: idOf(99) })(sample))).toBe('BadSample');
      expect(
        await faults((sample) => {
          // A person passed off as padding: P would have to be s·G for a known s.
          const at = first(sample, 'id');
          const { id: _, ...rest } = sample.rows[at]!;
          const rows = sample.rows.map((row, i) =>
            i === at ? { ...rest, padding: sample.rows[first(sample, 'padding')]!.padding } : row,
          );
          return { ...sample, rows };
        }),
      ).toBe('BadSample');
      expect(await faults((sample) => withRow(first(sample, 'padding'), { padding: new Uint8Array(32).fill(1) })(sample))).toBe(
        'notPadding',
      );
      expect(await faults((sample) => withRow(2, { sealed: sample.rows[3]!.sealed, id: sample.rows[3]!.id })(sample))).not.toBe(
        '',
      );
      expect(await faults((sample) => withRow(2, { path: [] })(sample))).toBe('notInTable');
      expect(await faults((sample) => ({ ...sample, rows: sample.rows.slice(1) }))).toBe('BadSample');
      expect(await faults((sample) => ({ ...sample, joinKey: sample.bureauKeys.slice(0, 32) }))).toBe('BadSample');
      expect(await faults((sample) => ({ ...sample, holderKeys: sample.bureauKeys.slice(32) }))).toBe('BadSample');
    });

    it('also of an epoch that is over, until its audit window ends', async () => {
      const kv = memoryKv();
      const keyring = unwrap(await openKeyring({ kv, unlock: { key: new Secret(new Uint8Array(32).fill(5)) } })());
      const store = createHolderStore({ kv, keyring });
      const own = await openFederation({ tables: { ant: people(0, 30), bee: people(10, 40) }, stores: { ant: store } });
      unwrap(await own.querier.sync()());
      unwrap(await own.querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject: raw(15), columns: [] })());
      const theirs = unwrap(
        createAuditor({
          federation: own.signed(own.document),
          auditorKey: own.auditorKey,
          secrets: own.secretsOf('auditor'),
          fetch: (request) => own.holders.get(new URL(request.url).hostname.split('.')[0]!)!.fetch(request),
        }),
      );
      await store.retire({ live: [8], now: 1000, auditWindow: 50 });
      const { request } = unwrap(await theirs.requestOpening({ holder: 'ant', entry: 2 })());
      expect(tags(await own.querier.open(request)())).toBe('fine');
      const result = unwrap(await theirs.sample({ ...question, rows: 10, records: books })());
      expect([result.rows.length, result.bad]).toEqual([10, 0]);
      await store.retire({ live: [8], now: 1051, auditWindow: 50 });
      expect(tags(await theirs.sample(question)())).toBe('HolderRefused');
    });

    it('says so when there is no such table, and shows nothing to anybody else', async () => {
      expect(tags(await auditor.sample({ ...question, querier: 'other-bureau' })())).toBe('NoSuchTable');
      expect(tags(await auditor.sample({ ...question, holder: 'cat' })())).toBe('NoSuchTable');
      expect((await federation.send('ant', ROUTES.auditSample, { method: 'POST', body: new Uint8Array(1) })).status).toBe(403);
    });
  });
});
