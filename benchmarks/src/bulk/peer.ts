import { createRequire } from 'node:module';

// @openmined/psi.js: PSI by Diffie–Hellman over P-256, compiled to WebAssembly. A peer in benchmarks only.

interface Server {
  createSetupMessage(
    falsePositiveRate: number,
    clients: number,
    items: readonly string[],
    structure: unknown,
  ): { serializeBinary(): Uint8Array };
  processRequest(request: unknown): { serializeBinary(): Uint8Array };
}
interface Client {
  createRequest(items: readonly string[]): { serializeBinary(): Uint8Array };
  getIntersection(setup: unknown, response: unknown): readonly number[];
}
interface Library {
  readonly dataStructure: { readonly GCS: unknown };
  readonly server: { createWithNewKey(reveal: boolean): Server };
  readonly client: { createWithNewKey(reveal: boolean): Client };
  readonly request: { deserializeBinary(bytes: Uint8Array): unknown };
  readonly response: { deserializeBinary(bytes: Uint8Array): unknown };
  readonly serverSetup: { deserializeBinary(bytes: Uint8Array): unknown };
}

/** Processor seconds that both parties of one match of n against n take, the second of two runs. */
export const peerSeconds = async (n: number): Promise<number> => {
  const open = createRequire(import.meta.url)('@openmined/psi.js') as () => Promise<Library>;
  const psi = await open();
  const items = (from: number): string[] => Array.from({ length: n }, (_, i) => String(from + i).padStart(12, '0'));
  const [own, theirs] = [items(0), items(Math.floor(n / 2))];
  let seconds = 0;
  for (let round = 0; round < 2; round++) {
    const before = process.cpuUsage();
    const [server, client] = [psi.server.createWithNewKey(true), psi.client.createWithNewKey(true)];
    const setup = server.createSetupMessage(1e-9, n, theirs, psi.dataStructure.GCS).serializeBinary();
    const request = client.createRequest(own).serializeBinary();
    const response = server.processRequest(psi.request.deserializeBinary(request)).serializeBinary();
    const found = client.getIntersection(psi.serverSetup.deserializeBinary(setup), psi.response.deserializeBinary(response));
    const { user, system } = process.cpuUsage(before);
    if (found.length !== n - Math.floor(n / 2)) throw new Error('the peer found another intersection');
    seconds = (user + system) / 1e6;
  }
  return seconds;
};
