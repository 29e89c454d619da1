import { E, type Secret } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import {
  createHolder,
  createHolderStore,
  type Holder,
  type HolderOptions,
  type HolderStore,
  memoryStore,
  type Policy,
  readPolicy,
} from '@vouchsafe/holder';
import type { Federation, SignedFederation } from '@vouchsafe/protocol';
import { EXIT, failure } from '../exit.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { wipeKeys } from '../keys/with-keys.ts';
import { auditorKeyOf, readSigned } from '../member/documents.ts';
import { openState } from '../member/open-state.ts';
import type { MemberCall } from '../member/options.ts';
import type { Result } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { readJson } from '../read-file.ts';
import type { World } from '../world.ts';
import { type HolderConfig, readHolderConfig } from './config.ts';
import { recordSource } from './record-source.ts';

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** The documents that a holder's configuration names, read and checked as far as one can without its keys. */
export interface HolderDocuments {
  readonly auditorKey: string;
  /** As it stands in the file: what `createHolder` and `adopt` take. */
  readonly file: SignedFederation;
  readonly federation: Federation;
  readonly policy: Policy;
  /** As it stands in the file. */
  readonly policyDocument: unknown;
  readonly statements: readonly unknown[];
}

/** A holder that is open, with everything that it was opened from. */
export interface OpenedHolder {
  readonly config: HolderConfig;
  readonly documents: HolderDocuments;
  readonly holder: Holder;
  /** The holder's own: it closes with it. */
  readonly store: HolderStore;
}

/** Reads the federation file, the policy and the statements anew: also for a service that takes newer ones into use while it runs. @param federation another file than the configuration's */
export const readHolderDocuments = async (
  config: HolderConfig,
  world: World,
  federation: string = config.federation,
): Result<HolderDocuments> => {
  const auditorKey = await auditorKeyOf(config, world);
  if (E.isLeft(auditorKey)) return auditorKey;
  const signed = await readSigned(federation, auditorKey.right);
  if (E.isLeft(signed)) return signed;
  const policyDocument = await readJson(config.policy, MAX_DOCUMENT_BYTES);
  if (E.isLeft(policyDocument)) return policyDocument;
  const policy = readPolicy(policyDocument.right, signed.right.federation.catalogue);
  if (E.isLeft(policy))
    return E.left(failure({ _tag: policy.left._tag, message: `${config.policy}: ${policy.left.message}` }, EXIT.usage));
  const statements: unknown[] = [];
  for (const path of config.statements) {
    const statement = await readJson(path, MAX_DOCUMENT_BYTES);
    if (E.isLeft(statement)) return statement;
    statements.push(statement.right);
  }
  return E.right({
    auditorKey: auditorKey.right,
    ...signed.right,
    policy: policy.right,
    policyDocument: policyDocument.right,
    statements,
  });
};

/** What opens a holder's keys and state: asked for once. */
export const holderPassphrase = (
  { keys }: HolderConfig,
  { passphraseFile }: Pick<MemberCall, 'passphraseFile'>,
  world: World,
): Result<string> => passphraseFor({ what: keys, file: passphraseFile }, world);

/** Told of errors that are bugs and of answers that took longer than their tick; by default they go to the process's warnings, errors by name only. */
export type Tell = Pick<HolderOptions, 'onError' | 'onLate'>;

/** Opens a holder: documents → keys → state → holder. What is cheap to check comes before somebody types a passphrase. Whoever gets it closes it. */
export const openHolder = async (
  { config, passphraseFile }: { readonly config: HolderConfig; readonly passphraseFile?: string | undefined },
  world: World,
  tell: Tell = {},
): Result<OpenedHolder> => {
  const documents = await readHolderDocuments(config, world);
  if (E.isLeft(documents)) return documents;
  const passphrase = await holderPassphrase(config, { passphraseFile }, world);
  if (E.isLeft(passphrase)) return passphrase;
  return openHolderWith({ config, documents: documents.right, passphrase: passphrase.right, tell });
};

/** The same from what is read already. */
export const openHolderWith = async ({
  config,
  documents,
  passphrase,
  tell,
  begin,
}: {
  readonly config: HolderConfig;
  readonly documents: HolderDocuments;
  readonly passphrase: string;
  readonly tell?: Tell | undefined;
  /** Done when nobody else has the state, and before anything in it is changed. */
  readonly begin?: (() => Result<void>) | undefined;
}): Result<OpenedHolder> => {
  const keys = await readKeys(config, passphrase);
  if (E.isLeft(keys)) return keys;
  const state = await openState({ folder: config.state, use: 'holder', passphrase });
  if (E.isLeft(state)) {
    keys.right.wipe();
    return state;
  }
  const store = createHolderStore(state.right);
  const begun = await (begin?.() ?? E.right(undefined));
  if (E.isLeft(begun)) {
    keys.right.wipe();
    await store.close();
    return begun;
  }
  return create({ config, documents, keys: keys.right, store, tell });
};

/** Would a holder start with these documents and keys? Nothing durable is touched. */
export const tryHolder = async ({
  config,
  documents,
  passphrase,
}: {
  readonly config: HolderConfig;
  readonly documents: HolderDocuments;
  readonly passphrase: string;
}): Result<void> => {
  const keys = await readKeys(config, passphrase);
  if (E.isLeft(keys)) return keys;
  const opened = await create({ config, documents, keys: keys.right, store: await memoryStore() });
  if (E.isLeft(opened)) return opened;
  await opened.right.holder.close();
  return E.right(undefined);
};

/** Opens the holder of a folder for the time of a work. */
export const withHolder = async <A>(call: MemberCall, world: World, work: (opened: OpenedHolder) => Result<A>): Result<A> => {
  const config = await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const opened = await openHolder({ config: config.right, passphraseFile: call.passphraseFile }, world);
  if (E.isLeft(opened)) return opened;
  try {
    return await work(opened.right);
  } finally {
    await opened.right.holder.close();
  }
};

interface HolderKeys {
  readonly secrets: MemberSecrets;
  readonly formerBoxSecrets: readonly Secret[];
  readonly wipe: () => void;
}

/** Its own keys, and former ones as long as an epoch's roster has their box keys. */
const readKeys = async (config: HolderConfig, passphrase: string): Result<HolderKeys> => {
  const read: MemberSecrets[] = [];
  const wipe = (): void => {
    for (const secrets of read) wipeKeys(secrets);
  };
  for (const path of [config.keys, ...config.formerKeys]) {
    const secrets = await readKeyFile(path, passphrase);
    if (E.isLeft(secrets)) {
      wipe();
      return secrets;
    }
    read.push(secrets.right);
  }
  const [secrets, ...former] = read;
  // Only their box secrets go on.
  for (const { signSeed } of former) signSeed.wipe();
  return E.right({ secrets: secrets!, formerBoxSecrets: former.map(({ boxSecret }) => boxSecret), wipe });
};

const create = async ({
  config,
  documents,
  keys,
  store,
  tell,
}: {
  readonly config: HolderConfig;
  readonly documents: HolderDocuments;
  readonly keys: HolderKeys;
  readonly store: HolderStore;
  readonly tell?: Tell | undefined;
}): Result<OpenedHolder> => {
  const source = await recordSource(config.records);
  const created = E.isLeft(source)
    ? source
    : await createHolder({
        federation: documents.file,
        auditorKey: documents.auditorKey,
        id: config.name,
        secrets: keys.secrets,
        formerBoxSecrets: keys.formerBoxSecrets,
        policy: documents.policyDocument,
        statements: documents.statements,
        source: source.right,
        defaultCountry: config.country,
        padTo: config.padTo,
        auditDays: config.auditDays,
        store,
        ...tell,
      })();
  if (E.isRight(created)) return E.right({ config, documents, holder: created.right, store });
  keys.wipe();
  await store.close();
  return E.left('exit' in created.left ? created.left : setupFailure(config, created.left));
};

/** Damage and rollback are verdicts; what does not fit together is for the user to mend. */
const setupFailure = (config: HolderConfig, error: { readonly _tag: string; readonly message: string }) => {
  const { _tag } = error;
  if (_tag.startsWith('Log') || _tag === 'BadCheckpoint' || _tag === 'FederationNotSigned') return failure(error, EXIT.bad);
  if (_tag.startsWith('Store')) return failure(error, EXIT.unreachable);
  const where =
    _tag === 'NotThisHolder' || _tag === 'NotThisMember'
      ? `${config.name}, whose keys are in ${config.keys}, does not fit ${config.federation}: `
      : '';
  return failure({ _tag, message: `${where}${error.message}` }, EXIT.usage);
};
