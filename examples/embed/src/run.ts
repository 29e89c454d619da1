import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesToHex } from '@vouchsafe/core';
import { LOANS_COLUMNS } from '@vouchsafe/holder';
import { loansCsv, syntheticLenders, syntheticPopulation } from '@vouchsafe/testkit';
import nacl from 'tweetnacl';

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

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-embed-'));
const holders: ChildProcess[] = [];
try {
  const seed = 'embed';
  const population = syntheticPopulation({ seed, people: 120 });
  const books = syntheticLenders({ population, lenders: 2, customersPerLender: 90, seed, asOf: '2026-06-30' });
  const names = ['lender-a', 'lender-b'];
  const keys = names.map(() => nacl.box.keyPair());
  const ports = [await freePort(), await freePort()];
  const federation = {
    version: 1,
    id: 'embed-example',
    epoch: 1,
    schemes: ['cn-rid'],
    catalogue: { cohortCap: 1000, columns: LOANS_COLUMNS },
    members: [
      { id: 'bureau', role: 'bureau' },
      ...names.map((id, i) => ({
        id,
        role: 'holder',
        url: `http://127.0.0.1:${ports[i]}`,
        boxKey: bytesToHex(keys[i]!.publicKey),
      })),
    ],
    roster: names,
  };
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
    const env = { ...process.env, HOLDER: id, PORT: String(ports[i]), BOX_SECRET: bytesToHex(keys[i]!.secretKey) };
    holders.push(spawn(process.execPath, [program('holder.js')], { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] }));
  }
  await writeFile(join(folder, 'federation.json'), JSON.stringify(federation));
  await writeFile(join(folder, 'applicants.json'), JSON.stringify(population.map(({ national_id }) => ({ national_id }))));
  await Promise.all(holders.map(loaded));
  const bureau = spawn(process.execPath, [program('bureau.js')], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(bureau, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  for (const holder of holders) holder.kill();
  await rm(folder, { recursive: true });
}
