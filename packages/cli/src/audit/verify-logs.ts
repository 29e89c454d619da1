import { E, type Either, hexToBytes } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { type Federation, memberOf, openFederation } from '@vouchsafe/protocol';
import { createAuditor, type LogVerdict } from '@vouchsafe/querier';
import { badInput, badVerdict, EXIT, type Failure, failure, interrupted } from '../exit.ts';
import { type FederationFile, readFederationFile } from '../federation/file.ts';
import { withKeys } from '../keys/with-keys.ts';
import type { Result } from '../outcome.ts';
import { bars } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type Notes, readNotes } from './notes.ts';
import { reportOf } from './report.ts';
import { readNoteFiles, readSaved, saveNotes } from './saved.ts';
import { judge } from './verdict.ts';

/** What `audit verify` was told. */
export interface AuditOptions {
  readonly federation: string;
  readonly auditorKey: string;
  readonly keys: string;
  readonly holder?: readonly string[] | undefined;
  readonly known?: readonly string[] | undefined;
  readonly save?: string | undefined;
  readonly timeout: number;
  readonly passphraseFile?: string | undefined;
}

/** Opens everything, fetches and checks the logs, judges them, keeps their checkpoints. */
export const auditVerify = async (options: AuditOptions, world: World): Result => {
  const file = await readFederationFile(options.federation);
  if (E.isLeft(file)) return file;
  if (file.right.signature === undefined)
    return E.left(badVerdict('FederationNotSigned', `${options.federation} is a draft: the auditor has not signed it`));
  const opened = openFederation(file.right, hexToBytes(options.auditorKey));
  if (E.isLeft(opened)) return E.left(failure(opened.left, EXIT.bad));
  const federation = opened.right;
  const holders = holdersOf(federation, options.holder);
  if (E.isLeft(holders)) return holders;
  const known = await knownNotes(federation, options);
  if (E.isLeft(known)) return known;
  return withKeys({ path: options.keys, passphraseFile: options.passphraseFile }, world, async (keys) => {
    const verdicts = await verifyLogs({ file: file.right, options, holders: holders.right, known: known.right, keys }, world);
    if (E.isLeft(verdicts)) return verdicts;
    const judged = verdicts.right.map((verdict) => judge(verdict, memberOf(federation, verdict.holder, 'holder')!.url!));
    const saved = options.save === undefined ? E.right(undefined) : await saveNotes(options.save, judged, world.signal);
    if (E.isLeft(saved)) return saved;
    const report = reportOf(judged);
    return E.right(saved.right === undefined ? report : { ...report, json: { ...report.json, saved: saved.right } });
  });
};

/** The holders that were named, each once, or all that answer somewhere. */
const holdersOf = (federation: Federation, named: readonly string[] | undefined): Either<Failure, readonly string[]> => {
  const all = federation.members.filter(({ role, url }) => role === 'holder' && url !== undefined).map(({ id }) => id);
  const strange = named?.find((name) => !all.includes(name));
  if (strange !== undefined)
    return E.left(
      badInput(`federation "${federation.id}" has no holder "${strange.slice(0, 40)}" with a url; it has: ${all.join(', ')}`),
    );
  return E.right(named === undefined ? all : [...new Set(named)]);
};

const knownNotes = async (federation: Federation, { known = [], save }: AuditOptions): Result<Notes> => {
  const given = await readNoteFiles(known);
  if (E.isLeft(given)) return given;
  const saved = save === undefined ? E.right([]) : await readSaved(save);
  return E.isLeft(saved) ? saved : readNotes(federation, [...given.right, ...saved.right]);
};

const verifyLogs = async (
  {
    file,
    options,
    holders,
    known,
    keys,
  }: {
    readonly file: FederationFile;
    readonly options: AuditOptions;
    readonly holders: readonly string[];
    readonly known: Notes;
    readonly keys: MemberSecrets;
  },
  { signal, stderr }: World,
): Result<readonly LogVerdict[]> => {
  const { auditorKey, timeout } = options;
  const auditor = createAuditor({ federation: file, auditorKey, secrets: keys, timeoutMs: timeout * 1000 });
  if (E.isLeft(auditor))
    return E.left(
      auditor.left._tag === 'NotThisMember'
        ? badInput(`${options.keys} has not the key of the auditor that the federation file names`)
        : failure(auditor.left, EXIT.bad),
    );
  const progress = bars(stderr);
  try {
    const verdicts = await auditor.right.verifyLogs({ holders, known, signal, onProgress: progress.show })();
    return E.isLeft(verdicts) ? E.left(interrupted) : verdicts;
  } finally {
    progress.end();
    await auditor.right.close();
  }
};
