import { E, type Progress, type Watch } from '@vouchsafe/core';
import { Scheme } from '@vouchsafe/identity';
import type { Federation } from '@vouchsafe/protocol';
import { createQuerier, createQuerierStore, folderCache, type Querier } from '@vouchsafe/querier';
import { badInput, EXIT, type Failure, failure } from '../exit.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { wipeKeys } from '../keys/with-keys.ts';
import { auditorKeyOf, readSigned } from '../member/documents.ts';
import { openState } from '../member/open-state.ts';
import type { MemberCall } from '../member/options.ts';
import { progressOf } from '../member/progress.ts';
import type { Ended, Result } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import type { World } from '../world.ts';
import { type BureauConfig, readBureauConfig } from './config.ts';
import { querierFailure } from './failures.ts';

/** What every command of a bureau that asks is told. */
export interface BureauCall extends MemberCall {
  readonly scheme?: string | undefined;
}

/** A bureau's configuration with the federation that it is in. */
export interface BureauDocuments {
  readonly config: BureauConfig;
  readonly federation: Federation;
  readonly file: unknown;
  readonly auditorKey: string;
}

/** Reads the configuration and the federation file. */
export const readBureau = async (call: MemberCall, world: World): Result<BureauDocuments> => {
  const config = await readBureauConfig(call.folder);
  if (E.isLeft(config)) return config;
  const auditorKey = await auditorKeyOf(config.right, world);
  if (E.isLeft(auditorKey)) return auditorKey;
  const signed = await readSigned(config.right.federation, auditorKey.right);
  return E.isLeft(signed) ? signed : E.right({ config: config.right, auditorKey: auditorKey.right, ...signed.right });
};

/** Which scheme people are identified by: as said, else as configured, else the only one of the federation. */
export const schemeOf = ({ config, federation }: BureauDocuments, given: string | undefined): Ended<Scheme> => {
  const { schemes } = federation;
  const scheme = given ?? config.scheme ?? (schemes.length === 1 ? schemes[0]! : undefined);
  const known = Scheme.decode(scheme);
  return E.isRight(known) && schemes.includes(known.right)
    ? known
    : E.left(badInput(`say with --scheme how people are identified: the federation uses ${schemes.join(', ')}`));
};

/** Opens a bureau's keys, state and querier for the time of a work. */
export const withQuerier = async <A>(
  { documents, call }: { readonly documents: BureauDocuments; readonly call: MemberCall },
  world: World,
  work: (querier: Querier) => Result<A>,
): Result<A> => {
  const { config, file, auditorKey } = documents;
  const passphrase = await passphraseFor({ what: config.keys, file: call.passphraseFile }, world);
  if (E.isLeft(passphrase)) return passphrase;
  const secrets = await readKeyFile(config.keys, passphrase.right);
  if (E.isLeft(secrets)) return secrets;
  const state = await openState({ folder: config.state, use: 'bureau', passphrase: passphrase.right });
  if (E.isLeft(state)) {
    wipeKeys(secrets.right);
    return state;
  }
  const store = createQuerierStore(state.right);
  const querier = await createQuerier({
    federation: file,
    auditorKey,
    id: config.name,
    secrets: secrets.right,
    store,
    cache: folderCache(config.cache),
    timeoutMs: 1000 * config.timeoutSeconds,
    auditDays: config.auditDays,
  })();
  if (E.isLeft(querier)) {
    wipeKeys(secrets.right);
    await store.close();
    return E.left(setupFailure(config, querier.left));
  }
  try {
    return await work(querier.right);
  } finally {
    await querier.right.close();
  }
};

const setupFailure = (config: BureauConfig, error: { readonly _tag: string; readonly message: string }): Failure => {
  if (error._tag.startsWith('Store')) return failure(error, EXIT.unreachable);
  if (error._tag === 'NotAMember' || error._tag === 'NotThisMember')
    return failure(
      {
        ...error,
        message: `${config.name}, whose keys are in ${config.keys}, does not fit ${config.federation}: ${error.message}`,
      },
      EXIT.usage,
    );
  return failure(error, EXIT.bad);
};

/**
 * The same for a command that asks: what is in place with the holders is taken up first, in moments; nothing is sealed.
 * @param atLeastOne some holders may be down: those that are there are asked
 */
export const withReadyQuerier = <A>(
  {
    documents,
    call,
    scheme,
    atLeastOne = false,
  }: {
    readonly documents: BureauDocuments;
    readonly call: BureauCall;
    readonly scheme: Scheme;
    readonly atLeastOne?: boolean;
  },
  world: World,
  work: (parts: { readonly querier: Querier; readonly watch: ShownWatch }) => Result<A>,
): Result<A> =>
  withQuerier({ documents, call }, world, async (querier) => {
    const watch = watchOf(call, world);
    try {
      const synced = await querier.sync({ ...watch, schemes: [scheme], seal: false })();
      const down = E.isLeft(synced) && synced.left._tag === 'HoldersFailed';
      if (E.isLeft(synced) && !(down && atLeastOne)) return E.left(querierFailure(synced.left));
      const result = await work({ querier, watch });
      // Nobody could be asked because of what kept the holders away.
      const nobody = E.isLeft(result) && result.left._tag === 'NotSynced';
      return nobody && E.isLeft(synced) ? E.left(querierFailure(synced.left)) : result;
    } finally {
      watch.end();
    }
  });

/** Progress on standard error until its end, and Ctrl-C. */
export interface ShownWatch extends Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly end: () => void;
}

export const watchOf = (call: MemberCall, world: World): ShownWatch => {
  const progress = progressOf(world, call.quiet);
  return { signal: world.signal, onProgress: progress.show, end: progress.end };
};
