import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createSigner, E, type Either } from '@vouchsafe/core';
import { memberKeys, newMemberSecrets, writeKeyFile } from '@vouchsafe/core/at-rest';
import { type Federation, LOANS_COLUMNS, signFederation } from '@vouchsafe/protocol';
import { createQuerier } from '@vouchsafe/querier';
import { loansCsv, syntheticLenders, syntheticPopulation } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { createPlace, PASSPHRASE, type Running } from '../command.test.fixture.ts';

const unwrap = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

/** One column: what is tested here is not the sealing. */
const COLUMNS = LOANS_COLUMNS.filter(({ name }) => name === 'outstanding');

/** Asks until the holder says that it can answer. */
const ready = async (port: number, { child, ended }: Running): Promise<void> => {
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    const up = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error(`the holder is not ready: ${(await ended).err}`);
};

describe('vouchsafe holder serve', async () => {
  const place = await createPlace();
  const names = ['lender-a', 'lender-b'];
  const ports = [await freePort(), await freePort()];
  const secrets = new Map(['bank', 'bureau', ...names].map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const population = syntheticPopulation({ seed: 'serve', people: 60 });
  const books = syntheticLenders({ population, lenders: 2, customersPerLender: 40, seed: 'serve', asOf: '2026-06-30' });
  const document: Federation = {
    version: 1,
    id: 'serve-test',
    serial: 1,
    schemes: ['cn-rid'],
    catalogue: { cohortCap: 1000, columns: COLUMNS },
    members: [
      { id: 'bank', role: 'auditor', signKey: publicOf('bank').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...names.map((id, i) => ({ id, role: 'holder' as const, url: `http://127.0.0.1:${ports[i]}`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: names.map((id) => ({ holder: id, boxKey: publicOf(id).boxKey })) }],
  };
  const file = signFederation(document, createSigner(secrets.get('bank')!.signSeed));
  const policy = (signals: number): string =>
    JSON.stringify({
      version: 1,
      minimumCohort: 20,
      queriers: [
        {
          bureau: 'bureau',
          totals: {
            purposes: ['credit-application'],
            columns: ['present', 'outstanding'],
            signal: { consent: 'notRequired', queriesPerEpoch: signals },
          },
        },
      ],
    });
  await writeFile(place.path('federation.json'), JSON.stringify(file));
  await writeFile(place.path('policy.json'), policy(1));
  for (const [i, id] of names.entries()) {
    await writeFile(place.path(`${id}.csv`), loansCsv(books[i]!.loans));
    unwrap(
      await writeKeyFile({ path: place.path(`${id}.key`), secrets: secrets.get(id)!, unlock: { passphrase: PASSPHRASE } })(),
    );
  }
  await writeFile(
    place.path('people.sql'),
    `SELECT national_id, ${COLUMNS.map(({ name }) => `0 AS "${name}"`).join(', ')} FROM loans GROUP BY national_id`,
  );
  const auditorKey = publicOf('bank').signKey;
  const args = (i: number, ...more: readonly string[]): readonly string[] => [
    ...['holder', 'serve', '--name', names[i]!, '--keys', `${names[i]}.key`, '--state', `${names[i]}.state`],
    ...['--loans', `${names[i]}.csv`, '--as-of', '2026-06-30', '--currency', 'CNY', '--port', String(ports[i]), '--json'],
    ...more,
  ];
  const env = { VOUCHSAFE_AUDITOR_KEY: auditorKey };
  const question = { scheme: 'cn-rid', purpose: 'credit-application', columns: ['present'] };

  it('answers a bureau, takes a new policy into use, ends in order, and goes on after a restart', async () => {
    const consolePort = await freePort();
    const holders = [place.start(args(0, '--console-port', String(consolePort)), env), place.start(args(1), env)];
    for (const [i, holder] of holders.entries()) await ready(ports[i]!, holder);
    const querier = unwrap(
      await createQuerier({ federation: file, auditorKey, id: 'bureau', secrets: secrets.get('bureau')! })(),
    );
    unwrap(await querier.sync()());
    const subject = { national_id: population[0]!.national_id };
    const known = books.filter(({ loans }) => loans.some(({ national_id }) => national_id === subject.national_id)).length;
    const present = async (who: { readonly national_id: string }) => {
      const signal = await querier.signal({ ...question, subject: who })();
      return E.isRight(signal) ? signal.right.columns.find(({ column }) => column === 'present') : signal.left.message;
    };
    expect(await present(subject)).toMatchObject({ total: known });
    const next = { national_id: population[1]!.national_id };
    expect(await present(next)).toMatch(/signal queries/);

    // Its console shows what was answered and what was refused, on its own port only.
    const page = await (await fetch(`http://127.0.0.1:${consolePort}/`)).text();
    for (const shown of ['<h1>lender-a ', 'credit-application', 'BudgetSpent', 'used up']) expect(page).toContain(shown);
    for (const { national_id } of population) expect(page).not.toContain(national_id);
    expect((await fetch(`http://127.0.0.1:${ports[0]}/console.css`)).status).toBe(404);

    // A file that does not fit is not taken into use.
    await writeFile(place.path('policy.json'), '{"version": 1}');
    for (const { child } of holders) child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await present(next)).toMatch(/signal queries/);
    await writeFile(place.path('policy.json'), policy(5));
    for (const { child } of holders) child.kill('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await present(next)).toMatchObject({ column: 'present' });

    for (const [i, signal] of (['SIGINT', 'SIGTERM'] as const).entries()) holders[i]!.child.kill(signal);
    for (const { ended } of holders) {
      const { code, out, err, json } = await ended;
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(out.trimEnd().split('\n')).toHaveLength(1);
      expect(json()).toMatchObject({ ok: true, cutOff: 0 });
      const lines = err
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ msg }) => msg)).toEqual(
        expect.arrayContaining(['listening', 'records are loaded', 'answered', 'stopped']),
      );
      expect(lines.find(({ msg }) => msg === 'federation file and policy were not taken into use')).toMatchObject({
        level: 'error',
        code: 'BadPolicy',
      });
      for (const { national_id } of population) expect(err).not.toContain(national_id);
    }

    await querier.close();

    // What was loaded is in the state: the records are not read again, and need not be there.
    const again = place.start(args(0, '--loans', 'gone.csv'), env);
    await ready(ports[0]!, again);
    again.child.kill('SIGTERM');
    expect((await again.ended).code).toBe(0);
  });

  it('says in words and by its exit code what keeps it from starting', async () => {
    const first = place.start(args(1), env);
    await ready(ports[1]!, first);
    // Somebody has the state, somebody has the port.
    const within = async (given: readonly string[], variables = {}): Promise<readonly [number | null, string]> => {
      const { code, err } = await place.within(given.join(' '), { env: { VOUCHSAFE_PASSPHRASE: PASSPHRASE, ...variables } });
      return [code, err];
    };
    const own = ['--auditor-key', auditorKey];
    expect(await within(args(1, ...own, '--port', '0'))).toEqual([3, expect.stringContaining('lender-b.state')]);
    expect(await within(args(0, ...own, '--port', String(ports[1])))).toEqual([3, expect.stringContaining('another program')]);
    const taken = ['--port', '0', '--console-port', String(ports[1])];
    expect(await within(args(0, ...own, ...taken))).toEqual([3, expect.stringContaining('cannot open the console')]);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(0);
    const wrong = { VOUCHSAFE_PASSPHRASE: 'another one, and long enough' };
    expect(await within(args(0, ...own), wrong)).toEqual([2, expect.stringContaining('lender-a.key')]);
    expect(await within(args(0, ...own, '--name', 'lender-b'))).toEqual([2, expect.stringMatching(/key/)]);
    expect(await within(args(0, '--auditor-key', 'ab'.repeat(32)))).toEqual([1, expect.stringContaining('auditor')]);
    expect(await within(args(0, ...own, '--federation', 'missing.json'))).toEqual([3, expect.stringContaining('missing.json')]);
    expect(await within(['holder', 'serve', '--name', 'lender-a', ...own])).toEqual([2, expect.stringContaining('--loans')]);
  });

  it('takes records by SQL, and settings from variables', async () => {
    const port = await freePort();
    const holder = place.start(['holder', 'serve', '--table', 'loans=lender-a.csv'], {
      ...env,
      VOUCHSAFE_NAME: 'lender-a',
      VOUCHSAFE_KEYS: 'lender-a.key',
      VOUCHSAFE_STATE: 'fresh.state',
      VOUCHSAFE_SQL: 'people.sql',
      VOUCHSAFE_PORT: String(port),
    });
    await ready(port, holder);
    holder.child.kill('SIGTERM');
    expect(await holder.ended).toMatchObject({ code: 0, out: expect.stringContaining('every answer under way was finished') });
  });
});
