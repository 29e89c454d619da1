import {
  type BadCatalogue,
  type BadShape,
  E,
  type Either,
  hexToBytes,
  Secret,
  type TaskEither,
  type Watch,
} from '@vouchsafe/core';
import { createGroup, type Group } from '@vouchsafe/group';
import { type Country, Scheme } from '@vouchsafe/identity';
import { type LowOrderKey, maskSecrets } from '@vouchsafe/join';
import { type BadFederation, memberOf, readFederation, rosterKeys } from '@vouchsafe/protocol';
import nacl from 'tweetnacl';
import { createContext } from './context.ts';
import type { RecordSource } from './ingest/index.ts';
import { type LoadError, type LoadReport, load } from './load.ts';
import { type BadPolicy, readPolicy } from './policy.ts';
import { createRoutes } from './routes.ts';
import { type Authenticator, createService, type LoadedScheme } from './service.ts';
import { type HolderStore, memoryStore } from './store.ts';

/** What a lender sets up its holder with. */
export interface HolderOptions {
  /** The federation document; checked here. */
  readonly federation: unknown;
  /** This holder's name in it. */
  readonly id: string;
  /** The X25519 secret key whose public key stands in the document: 32 bytes, or 64 hexadecimal digits. Taken over; do not keep it. */
  readonly boxSecret: Uint8Array | string;
  /** What is answered, to whom; checked here. */
  readonly policy: unknown;
  /** The records. Read by `load`, and only then. */
  readonly source: RecordSource;
  /** The country of phone numbers in national form. */
  readonly defaultCountry?: Country | undefined;
  /** Who sent a request? */
  readonly authenticate: Authenticator;
  /** In memory by default: budgets and keys then end with the process. */
  readonly store?: HolderStore | undefined;
  readonly group?: Group | undefined;
  /** Sealed tables and tag indexes are padded to a multiple of this many rows, so that growth does not show; 1,000 by default. */
  readonly padTo?: number | undefined;
  /** Told of errors that are bugs. By default they go to the process's warnings, by name only: a message could hold data. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A lender's side of a federation. */
export interface Holder {
  /** Answers the federation's requests: mounts in any web-standard server. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Reads the records and gets ready to answer; until then requests get 503. Progress counts records, then evaluated tags. */
  readonly load: (watch?: Watch) => TaskEither<LoadError, LoadReport>;
  /** Wipes secrets in memory. */
  readonly close: () => Promise<void>;
}

/** The holder's name, key or url does not fit the federation document. */
export interface NotThisHolder {
  readonly _tag: 'NotThisHolder';
  readonly message: string;
}

export type BadSetup = BadShape | BadCatalogue | BadFederation | BadPolicy | LowOrderKey | NotThisHolder;

/** Sets a holder up, or says what is wrong with the documents and keys. Reads no records and opens no port. */
export const createHolder = (options: HolderOptions): Either<BadSetup, Holder> => {
  const federation = readFederation(options.federation);
  if (E.isLeft(federation)) return federation;
  const policy = readPolicy(options.policy, federation.right.catalogue);
  if (E.isLeft(policy)) return policy;
  const foreign = federation.right.schemes.find((scheme) => E.isLeft(Scheme.decode(scheme)));
  if (foreign !== undefined) return E.left(notThisHolder(`this version knows no identifier scheme "${foreign}"`));
  const member = memberOf(federation.right, options.id, 'holder');
  if (!member || !federation.right.roster.includes(options.id))
    return E.left(notThisHolder('the federation document has no holder of that id in its roster'));
  const boxSecret = secretOf(options.boxSecret);
  if (!boxSecret) return E.left(notThisHolder('boxSecret is not 32 bytes, or 64 hexadecimal digits'));
  if (!matches(boxSecret, member.boxKey))
    return E.left(notThisHolder('boxSecret does not belong to the boxKey in the federation document'));
  const peers = rosterKeys(federation.right).filter(({ holder }) => holder !== options.id);
  const masks = maskSecrets({ holder: options.id, boxSecret }, peers);
  boxSecret.wipe();
  if (E.isLeft(masks)) return masks;

  const context = createContext({
    id: options.id,
    federation: federation.right,
    policy: policy.right,
    masks: masks.right,
    store: options.store ?? memoryStore(),
    group: options.group ?? createGroup(),
    padTo: options.padTo ?? 1000,
  });
  let loaded: ReadonlyMap<string, LoadedScheme> | undefined;
  const service = createService({
    context,
    authenticate: options.authenticate,
    loaded: () => loaded,
    onError: options.onError ?? warn,
  });
  const routes = createRoutes(service, new URL(member.url!).pathname.replace(/\/$/, ''));
  return E.right({
    fetch: async (request) => routes.fetch(request),
    load:
      (watch = {}) =>
      async () => {
        const result = await load(context, options, watch);
        if (E.isLeft(result)) return result;
        loaded = result.right.loaded;
        return E.right(result.right.report);
      },
    close: async () => {
      for (const { secret } of context.masks) secret.wipe();
      await context.store.close();
    },
  });
};

const notThisHolder = (message: string): NotThisHolder => ({ _tag: 'NotThisHolder', message });

const secretOf = (given: Uint8Array | string): Secret | undefined => {
  if (typeof given === 'string') return /^[0-9a-f]{64}$/i.test(given) ? new Secret(hexToBytes(given)) : undefined;
  return given.length === 32 ? new Secret(given.slice()) : undefined;
};

const matches = (secret: Secret, boxKey: string | undefined): boolean =>
  boxKey !== undefined && Buffer.from(nacl.scalarMult.base(secret.reveal())).toString('hex') === boxKey;

const warn = (error: unknown): void =>
  process.emitWarning(
    `a request failed with ${error instanceof Error ? error.name : 'a non-error'}; pass onError to see it`,
    'VouchsafeHolder',
  );
