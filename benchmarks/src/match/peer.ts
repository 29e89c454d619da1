import { createRequire } from 'node:module';

/** What is used of `@openmined/psi.js`, whose types do not fit ES modules. */
interface PsiLibrary {
  readonly dataStructure: { readonly GCS: unknown };
  readonly server: { readonly createWithNewKey: (reveal: boolean) => PsiServer };
  readonly client: { readonly createWithNewKey: (reveal: boolean) => PsiClient };
}
interface PsiServer {
  readonly createSetupMessage: (fpr: number, clientInputs: number, inputs: readonly string[], structure: unknown) => object;
  readonly processRequest: (request: object) => object;
  readonly delete: () => void;
}
interface PsiClient {
  readonly createRequest: (inputs: readonly string[]) => object;
  readonly getIntersection: (setup: object, response: object) => readonly number[];
  readonly delete: () => void;
}

/** The probability that a client that asks about all its inputs meets one false match: of the order of ours, 2^-40 a subject. */
const FALSE_POSITIVES = 1e-9;

/**
 * The peer's whole way, both sides in this process: setup message (Golomb compressed set), request, response, intersection. ECDH over P-256 in WebAssembly, without proofs.
 * @returns runs it and gives the size of the intersection
 */
export const openPeer = async (): Promise<(server: readonly string[], client: readonly string[]) => number> => {
  const load = createRequire(import.meta.url)('@openmined/psi.js') as () => Promise<PsiLibrary>;
  const psi = await load();
  return (serverInputs, clientInputs) => {
    const server = psi.server.createWithNewKey(true);
    const client = psi.client.createWithNewKey(true);
    try {
      const setup = server.createSetupMessage(FALSE_POSITIVES, clientInputs.length, serverInputs, psi.dataStructure.GCS);
      const response = server.processRequest(client.createRequest(clientInputs));
      return client.getIntersection(setup, response).length;
    } finally {
      server.delete();
      client.delete();
    }
  };
};

interface Serializable {
  readonly serializeBinary: () => Uint8Array;
}

/** Bytes that the peer's client sends and gets: request; setup message and response. Setup message, then request and response: two round trips. */
export const peerBytes = async (
  serverInputs: readonly string[],
  clientInputs: readonly string[],
): Promise<{ readonly sent: number; readonly received: number; readonly turns: number }> => {
  const load = createRequire(import.meta.url)('@openmined/psi.js') as () => Promise<PsiLibrary>;
  const psi = await load();
  const [server, client] = [psi.server.createWithNewKey(true), psi.client.createWithNewKey(true)];
  const bytes = (message: object): number => (message as Serializable).serializeBinary().length;
  try {
    const setup = server.createSetupMessage(FALSE_POSITIVES, clientInputs.length, serverInputs, psi.dataStructure.GCS);
    const request = client.createRequest(clientInputs);
    return { sent: bytes(request), received: bytes(setup) + bytes(server.processRequest(request)), turns: 2 };
  } finally {
    server.delete();
    client.delete();
  }
};
