import type { Period, StatementNotSigned, StatementReport } from '@vouchsafe/audit/statement';
import {
  type Aborted,
  type BadCatalogue,
  type BadShape,
  E,
  type Either,
  type Secret,
  type Signer,
  type TaskEither,
  type Watch,
} from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import { type Country, Scheme } from '@vouchsafe/identity';
import { type LowOrderKey, type MaskSecret, maskSecrets } from '@vouchsafe/join';
import {
  type BadFederation,
  type BadSuccession,
  boxSecretOf,
  type Epoch,
  type Federation,
  type FederationNotSigned,
  type Member,
  memberOf,
  type NotThisMember,
  newestEpoch,
  openFederation,
  rosterOf,
  signerOf,
} from '@vouchsafe/protocol';
import { createContext } from './context.ts';
import type { RecordSource } from './ingest/index.ts';
import { type LoadError, type LoadReport, load } from './load.ts';
import { openLoaded } from './loaded.ts';
import { type BadPolicy, readPolicy } from './policy.ts';
import { earnedPolicy, readStatements } from './reciprocity.ts';
import { createRoutes } from './routes/index.ts';
import { createService } from './service.ts';
import { statementOf } from './statement.ts';
import { type CannotReadLog, type HolderStore, type LogFault, memoryStore } from './store/index.ts';

/** What a lender sets up its holder with. */
export interface HolderOptions {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** The auditor's Ed25519 public key, 64 hexadecimal digits, which this lender was given on another way than the file. */
  readonly auditorKey: string;
  /** This holder's name in the federation. */
  readonly id: string;
  /** This holder's secrets, e.g. of a key file. Taken over: they are wiped when the holder closes. */
  readonly secrets: MemberSecrets;
  /** X25519 secrets of before a change of keys, as long as the roster of a live epoch names their public keys. Taken over, too. */
  readonly formerBoxSecrets?: readonly Secret[] | undefined;
  /** What is answered, to whom; checked here. */
  readonly policy: unknown;
  /** Statements that the auditor signed, parsed: with them queriers reach the tiers of the policy that depend on what their lender contributed. */
  readonly statements?: readonly unknown[] | undefined;
  /** The records. Read by `load`, and for the auditor's samples. */
  readonly source: RecordSource;
  /** The country of phone numbers in national form. */
  readonly defaultCountry?: Country | undefined;
  /** In memory by default: budgets, keys and the log then end with the process. `@vouchsafe/store-lmdb` keeps them. */
  readonly store?: HolderStore | undefined;
  readonly group?: Group | undefined;
  /** Sealed tables and tag indexes are padded to a multiple of this many rows, so that growth does not show; 1,000 by default. */
  readonly padTo?: number | undefined;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
  /** Told of errors that are bugs. By default they go to the process's warnings, by name only: a message could hold data. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A lender's side of a federation. */
export interface Holder {
  /** Answers the federation's requests: mounts in any web-standard server. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Reads the records and gets ready to answer; until then requests get 503. Progress counts records, then evaluated tags. */
  readonly load: (watch?: Watch) => TaskEither<LoadError, LoadReport>;
  /** What this holder contributed in a period: answers that their querier counter-signed. */
  readonly statement: (period: Period) => TaskEither<CannotReadLog, StatementReport>;
  /** Wipes secrets in memory. */
  readonly close: () => Promise<void>;
}

/** The holder's name or schemes do not fit the federation document. */
export interface NotThisHolder {
  readonly _tag: 'NotThisHolder';
  readonly message: string;
}

export type BadSetup =
  | BadShape
  | BadCatalogue
  | BadFederation
  | BadSuccession
  | FederationNotSigned
  | BadPolicy
  | StatementNotSigned
  | LowOrderKey
  | NotThisHolder
  | NotThisMember
  | LogFault
  | Aborted;

/** Sets a holder up, or says what is wrong with the documents, keys or store. Reads no records and opens no port. */
export const createHolder =
  (options: HolderOptions): TaskEither<BadSetup, Holder> =>
  async () => {
    const federation = openFederation(options.federation, options.auditorKey);
    if (E.isLeft(federation)) return federation;
    const policy = readPolicy(options.policy, federation.right.catalogue);
    if (E.isLeft(policy)) return policy;
    const statements = readStatements(options.statements ?? [], { federation: federation.right, auditorKey: options.auditorKey });
    if (E.isLeft(statements)) return statements;
    const own = findSelf(options, federation.right);
    if (E.isLeft(own)) return own;
    const { member, signer, masks } = own.right;
    const store = options.store ?? (await memoryStore());
    const adopted = await store.adopt(federation.right);
    if (E.isLeft(adopted)) return adopted;

    const clock = options.clock ?? Date.now;
    const context = createContext({
      id: options.id,
      federation: federation.right,
      policy: earnedPolicy(policy.right, { statements: statements.right, now: Math.floor(clock() / 1000) }),
      masks,
      log: { origin: `${federation.right.id}/${options.id}`, signer },
      store,
      group: options.group ?? createGroup(),
      padTo: options.padTo ?? 1000,
      clock,
    });
    const verified = await store.log.verify(context.log)();
    if (E.isLeft(verified)) return verified;
    // After a restart the store has what was loaded in this epoch, and the holder answers at once.
    let loaded = await openLoaded(context);
    const records = { source: options.source, defaultCountry: options.defaultCountry };
    const service = createService({ context, records, loaded: () => loaded, onError: options.onError ?? warn });
    const routes = createRoutes(service, new URL(member.url!));
    return E.right({
      fetch: async (request) => routes.fetch(request),
      load:
        (watch = {}) =>
        async () => {
          const result = await load(context, options, watch);
          if (E.isLeft(result)) return result;
          loaded = await openLoaded(context);
          return result;
        },
      statement: (period) => () => statementOf(context, { period }),
      close: async () => {
        for (const { secret } of context.masks) secret.wipe();
        const { signSeed, boxSecret } = options.secrets;
        for (const secret of [signSeed, boxSecret, ...(options.formerBoxSecrets ?? [])]) secret.wipe();
        await store.close();
      },
    });
  };

interface Self {
  readonly member: Member;
  readonly signer: Signer;
  readonly masks: readonly MaskSecret[];
}

/** This holder in the document, with the keys that belong to it there. */
const findSelf = (
  { id, secrets, formerBoxSecrets = [] }: HolderOptions,
  federation: Federation,
): Either<NotThisHolder | NotThisMember | LowOrderKey, Self> => {
  const foreign = federation.schemes.find((scheme) => E.isLeft(Scheme.decode(scheme)));
  if (foreign !== undefined) return E.left(notThisHolder(`this version knows no identifier scheme "${foreign}"`));
  const epoch = newestEpoch(federation);
  const member = memberOf(federation, id, 'holder');
  const entry = epoch.roster.find(({ holder }) => holder === id);
  if (!member || !entry)
    return E.left(notThisHolder(`the federation document has no holder of that id in the roster of epoch ${epoch.number}`));
  const signer = signerOf(secrets, member);
  if (E.isLeft(signer)) return signer;
  const boxSecret = boxSecretOf([secrets.boxSecret, ...formerBoxSecrets], entry);
  if (E.isLeft(boxSecret)) return boxSecret;
  const masks = masksIn(federation, epoch, { id, boxSecret: boxSecret.right });
  return E.isLeft(masks) ? masks : E.right({ member, signer: signer.right, masks: masks.right });
};

const masksIn = (
  federation: Federation,
  epoch: Epoch,
  { id, boxSecret }: { readonly id: string; readonly boxSecret: Secret },
): Either<LowOrderKey, readonly MaskSecret[]> =>
  maskSecrets(
    { holder: id, boxSecret },
    rosterOf(federation, epoch).filter(({ holder }) => holder !== id),
  );

const notThisHolder = (message: string): NotThisHolder => ({ _tag: 'NotThisHolder', message });

const warn = (error: unknown): void =>
  process.emitWarning(
    `a request failed with ${error instanceof Error ? error.name : 'a non-error'}; pass onError to see it`,
    'VouchsafeHolder',
  );
