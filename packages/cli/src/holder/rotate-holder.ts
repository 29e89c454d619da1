import { E, type Progress } from '@vouchsafe/core';
import { printReport } from '@vouchsafe/holder';
import { checkSuccession } from '@vouchsafe/protocol';
import { fine } from '../command.ts';
import { EXIT, failure } from '../exit.ts';
import { changesBetween } from '../federation/changes.ts';
import { fileText } from '../federation/file.ts';
import { readPrevious } from '../federation/previous.ts';
import { keptPath } from '../federation/write-draft.ts';
import { confirm } from '../member/confirm.ts';
import type { MemberCall } from '../member/options.ts';
import { progressOf } from '../member/progress.ts';
import type { Result } from '../outcome.ts';
import { exists, readText } from '../read-file.ts';
import type { World } from '../world.ts';
import { createFile, replaceFile } from '../write-file.ts';
import { readHolderConfig } from './config.ts';
import { ingestFailure } from './load-records.ts';
import { holderPassphrase, openHolderWith, readHolderDocuments, tryHolder } from './open-holder.ts';
import { epochsOf } from './tables.ts';

/** What `holder rotate` was told. */
export interface RotateCall extends MemberCall {
  readonly load: boolean;
  readonly yes?: boolean | undefined;
}

/** checks → question → the state, which a running service has → the file → the records. A call that is broken off after the file was put in place is finished by calling it again, or by the next start. */
export const rotateHolder = async (path: string, call: RotateCall, world: World): Result => {
  const config = await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const documents = await readHolderDocuments(config.right, world, path);
  if (E.isLeft(documents)) return documents;
  const { file, federation } = documents.right;
  const before = await readPrevious(config.right.federation, federation);
  if (E.isLeft(before)) return before;
  const follows = checkSuccession(before.right, federation);
  if (E.isLeft(follows)) return E.left(failure(follows.left, EXIT.bad));
  const passphrase = await holderPassphrase(config.right, call, world);
  if (E.isLeft(passphrase)) return passphrase;
  const parts = { config: config.right, documents: documents.right, passphrase: passphrase.right };
  const fits = await tryHolder(parts);
  if (E.isLeft(fits)) return fits;

  const { name } = config.right;
  const live = epochsOf(federation, name).map(({ number }) => number);
  const over = epochsOf(before.right, name).filter(({ number }) => !live.includes(number));
  const changes = changesBetween(before.right, federation);
  if (over.length > 0) {
    const agreed = await confirm(
      {
        question: `Epoch ${over.map(({ number }) => number).join(' and ')} is over with this file, and its tables and keys are wiped for good`,
        yes: call.yes,
      },
      world,
    );
    if (E.isLeft(agreed)) return agreed;
  }
  const kept = keptPath(config.right.federation, before.right.serial);
  const replace = async (): Result<void> => {
    if (before.right.serial === federation.serial) return E.right(undefined);
    const written = (await exists(kept)) ? E.right(undefined) : await keep(config.right.federation, kept);
    return E.isLeft(written) ? written : replaceFile(config.right.federation, fileText(file));
  };
  const opened = await openHolderWith({ ...parts, begin: replace });
  if (E.isLeft(opened)) return opened;
  const progress = progressOf(world, call.quiet);
  try {
    const { holder } = opened.right;
    const loaded = call.load
      ? await holder.load({ signal: world.signal, onProgress: (one: Progress) => progress.show(one) })()
      : undefined;
    if (loaded !== undefined && E.isLeft(loaded)) return E.left(ingestFailure(config.right, loaded.left));
    const reports = loaded?.right.schemes ?? [];
    return fine(
      [
        `${config.right.federation}: federation file ${federation.serial} is in use`,
        ...changes.map((change) => `  ${change}`),
        ...reports.map(printReport),
        ...(reports.length === 0
          ? []
          : [`Next, let the bureau seal the tables of epoch ${live.at(-1)}:  vouchsafe holder seal --folder ${call.folder}`]),
      ].join('\n'),
      {
        serial: federation.serial,
        changes,
        live,
        over: over.map(({ number }) => number),
        schemes: reports.map(({ rejectedRows: _, ...counts }) => counts),
      },
    );
  } finally {
    progress.end();
    await opened.right.holder.close();
  }
};

/** The version that was in use, under its serial. */
const keep = async (path: string, kept: string): Result<void> => {
  const text = await readText(path, 8 * 1024 * 1024);
  return E.isLeft(text) ? text : createFile(kept, text.right);
};
