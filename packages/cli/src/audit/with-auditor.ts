import { E, type Either, hexToBytes } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { type Federation, openFederation } from '@vouchsafe/protocol';
import { type Auditor, createAuditor } from '@vouchsafe/querier';
import { badInput, badVerdict, EXIT, type Failure, failure } from '../exit.ts';
import { readFederationFile } from '../federation/file.ts';
import { withKeys } from '../keys/with-keys.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';

/** What every command of the auditor is told. */
export interface AuditorCall {
  readonly federation: string;
  readonly auditorKey: string;
  readonly keys: string;
  readonly timeout: number;
  readonly passphraseFile?: string | undefined;
}

/** Opens federation, keys and auditor for the time of a work. */
export const withAuditor = async <A>(
  call: AuditorCall,
  world: World,
  work: (parts: { readonly auditor: Auditor; readonly federation: Federation; readonly keys: MemberSecrets }) => Result<A>,
): Result<A> => {
  const file = await readFederationFile(call.federation);
  if (E.isLeft(file)) return file;
  if (file.right.signature === undefined)
    return E.left(badVerdict('FederationNotSigned', `${call.federation} is a draft: the auditor has not signed it`));
  const opened = openFederation(file.right, hexToBytes(call.auditorKey));
  if (E.isLeft(opened)) return E.left(failure(opened.left, EXIT.bad));
  return withKeys({ path: call.keys, passphraseFile: call.passphraseFile }, world, async (keys) => {
    const { auditorKey, timeout } = call;
    const auditor = createAuditor({ federation: file.right, auditorKey, secrets: keys, timeoutMs: timeout * 1000 });
    if (E.isLeft(auditor))
      return E.left(
        auditor.left._tag === 'NotThisMember'
          ? badInput(`${call.keys} has not the key of the auditor that the federation file names`)
          : failure(auditor.left, EXIT.bad),
      );
    try {
      return await work({ auditor: auditor.right, federation: opened.right, keys });
    } finally {
      await auditor.right.close();
    }
  });
};

/** Is there such a holder? A name that is mistyped is no verdict on anybody. */
export const knownHolder = ({ members }: Federation, holder: string): Either<Failure, void> => {
  const holders = members.filter(({ role }) => role === 'holder').map(({ id }) => id);
  return holders.includes(holder)
    ? E.right(undefined)
    : E.left(badInput(`the federation has no holder "${holder}"; it has ${holders.join(', ')}`));
};

/** The line was cut, or somebody refused: nothing is known. */
const UNREACHED: ReadonlySet<string> = new Set(['HolderDown', 'HolderRefused', 'BadResponse']);

/** A fault with a holder, with the exit code that it has here. */
export const holderFailure = (holder: string, fault: { readonly _tag: string; readonly message: string }): Failure => ({
  _tag: fault._tag,
  message: `${holder}: ${fault.message}`.slice(0, 1000),
  exit: UNREACHED.has(fault._tag) ? EXIT.unreachable : EXIT.bad,
});
