import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSigner, E, type TaskEither } from '@vouchsafe/core';
import { memberKeys, newMemberSecrets, writeKeyFile } from '@vouchsafe/core/at-rest';
import { LOANS_COLUMNS } from '@vouchsafe/holder';
import { type Federation, signFederation } from '@vouchsafe/protocol';
import { loansCsv, syntheticLenders, syntheticPopulation } from '@vouchsafe/testkit';

// Makes what the two programs read (keys, documents, records) in a folder of its own, runs two holders and the bureau there, and cleans up.

/** A port that is free now. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Waits for a holder's first line: its records are loaded. */
const loaded = (holder: ChildProcess): Promise<unknown> =>
  Promise.race([
    once(holder.stdout!, 'data'),
    once(holder, 'exit').then(([code]) => Promise.reject(new Error(`a holder ended with code ${code}`))),
  ]);

const done = async <A>(task: TaskEither<{ readonly message: string }, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-embed-'));
const holders: ChildProcess[] = [];
try {
  const seed = 'embed';
  const population = syntheticPopulation({ seed, people: 120 });
  const books = syntheticLenders({ population, lenders: 2, customersPerLender: 90, seed, asOf: '2026-06-30' });
  const names = ['lender-a', 'lender-b'];
  const secrets = new Map(['auditor', 'bureau', ...names].map((id) => [id, newMemberSecrets()]));
  const publicOf = (id: string) => memberKeys(secrets.get(id)!);
  const ports = [await freePort(), await freePort()];
  const document: Federation = {
    version: 1,
    id: 'embed-example',
    serial: 1,
    schemes: ['cn-rid'],
    catalogue: { cohortCap: 1000, columns: LOANS_COLUMNS },
    members: [
      { id: 'auditor', role: 'auditor', signKey: publicOf('auditor').signKey },
      { id: 'bureau', role: 'bureau', signKey: publicOf('bureau').signKey },
      ...names.map((id, i) => ({ id, role: 'holder' as const, url: `http://127.0.0.1:${ports[i]}`, ...publicOf(id) })),
    ],
    epochs: [{ number: 1, roster: names.map((id) => ({ holder: id, boxKey: publicOf(id).boxKey })) }],
  };
  const federation = signFederation(document, createSigner(secrets.get('auditor')!.signSeed));
  const shared = { ...process.env, AUDITOR_KEY: publicOf('auditor').signKey, VOUCHSAFE_PASSPHRASE: 'for the example only' };
  const keyFile = (id: string, home: string) =>
    done(
      writeKeyFile({
        path: join(home, 'member.key'),
        secrets: secrets.get(id)!,
        unlock: { passphrase: shared.VOUCHSAFE_PASSPHRASE },
      }),
    );
  const totals = {
    purposes: ['credit-application'],
    columns: ['present', 'outstanding'],
    aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 10 },
  };
  const policy = { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', totals }] };
  for (const [i, id] of names.entries()) {
    const home = join(folder, id);
    await mkdir(home);
    await writeFile(join(home, 'federation.json'), JSON.stringify(federation));
    await writeFile(join(home, 'policy.json'), JSON.stringify(policy));
    await writeFile(join(home, 'loans.csv'), loansCsv(books[i]!.loans), { mode: 0o600 });
    await keyFile(id, home);
    const env = { ...shared, HOLDER: id, PORT: String(ports[i]) };
    holders.push(spawn(process.execPath, [program('holder.js')], { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] }));
  }
  await writeFile(join(folder, 'federation.json'), JSON.stringify(federation));
  await keyFile('bureau', folder);
  await writeFile(join(folder, 'applicants.json'), JSON.stringify(population.map(({ national_id }) => ({ national_id }))));
  await Promise.all(holders.map(loaded));
  const bureau = spawn(process.execPath, [program('bureau.js')], {
    cwd: folder,
    env: shared,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(bureau, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  for (const holder of holders) holder.kill();
  await rm(folder, { recursive: true });
}
