import { createIssuer, MAX_CONSENT_BYTES, openConsentRequest } from '@vouchsafe/consent';
import { E, hexToBytes } from '@vouchsafe/core';
import { Scheme } from '@vouchsafe/identity';
import { memberKeysNow } from '@vouchsafe/protocol';
import { fine } from '../command.ts';
import { badInput, EXIT, type Failure, failure } from '../exit.ts';
import { withKeys } from '../keys/with-keys.ts';
import { confirm } from '../member/confirm.ts';
import { type OpenedFederation, readSigned } from '../member/documents.ts';
import type { Result } from '../outcome.ts';
import { exists, fileExists, readWhole } from '../read-file.ts';
import { readPeople } from '../rows/people.ts';
import { printable, table } from '../screen/index.ts';
import { momentText } from '../time-span.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';

/** What `consent issue` was told. */
export interface IssueCall {
  readonly request: string;
  readonly federation: string;
  readonly auditorKey: string;
  readonly keys: string;
  readonly name: string;
  readonly person: string;
  readonly column?: readonly string[] | undefined;
  /** Seconds. */
  readonly valid: number;
  readonly out: string;
  readonly yes?: boolean | undefined;
  readonly passphraseFile?: string | undefined;
}

export const issueConsent = async (call: IssueCall, world: World): Result => {
  const { name, out, valid } = call;
  if (valid < 1 || valid > 366 * 86_400) return E.left(badInput('--valid is a span from 1s to 366d'));
  if (await exists(out)) return E.left(fileExists(out));
  const signed = await readSigned(call.federation, call.auditorKey);
  if (E.isLeft(signed)) return signed;
  const request = await readWhole(call.request, MAX_CONSENT_BYTES);
  if (E.isLeft(request)) return request;
  const scheme = schemeOfRequest(call.request, request.right, signed.right, world.now());
  if (E.isLeft(scheme)) return scheme;
  const people = await readPeople({ path: call.person, scheme: scheme.right, column: call.column }, world);
  if (E.isLeft(people)) return people;
  if (people.right.people.length !== 1)
    return E.left(badInput(`${call.person} has ${people.right.people.length} people: a receipt is about one`));
  return withKeys({ path: call.keys, passphraseFile: call.passphraseFile }, world, async (secrets) => {
    const issuer = createIssuer({ federation: signed.right.file, auditorKey: call.auditorKey, id: name, secrets });
    if (E.isLeft(issuer))
      return E.left(failure({ ...issuer.left, message: `${name} with ${call.keys}: ${issuer.left.message}` }, EXIT.usage));
    const shown = issuer.right.read(request.right);
    if (E.isLeft(shown)) return E.left(requestFailure(call.request, shown.left));
    const { bureau, purpose, columns } = shown.right;
    world.stderr.write(
      `${printable(bureau)} asks, for ${printable(purpose)}, for totals over all lenders of: ${columns.map(printable).join(', ')}\n`,
    );
    const agreed = await confirm({ question: 'The person has seen this and agrees', yes: call.yes }, world);
    if (E.isLeft(agreed)) return agreed;
    const receipt = await issuer.right.issue({
      request: request.right,
      subject: people.right.people[0]!,
      validForSeconds: valid,
    })();
    if (E.isLeft(receipt)) return E.left(requestFailure(call.request, receipt.left));
    const written = await createFile(out, receipt.right);
    if (E.isLeft(written)) return written;
    const until = world.now() + valid;
    return fine(
      [
        table(['bureau', 'purpose', 'columns', 'until'], [[bureau, purpose, columns.join('\n'), momentText(until)]]),
        `${out}: the receipt, for the bureau and one query`,
      ].join('\n'),
      { out, bureau, purpose, columns, until },
    );
  });
};

/** A request that does not hold is a verdict; one that cannot be read is none. */
const requestFailure = (path: string, { _tag, message }: { readonly _tag: string; readonly message: string }): Failure =>
  failure(
    { _tag, message: `${path}: ${message}` },
    _tag === 'RequestForged' || _tag === 'NotThisSubject' ? EXIT.bad : EXIT.usage,
  );

/** By which scheme the request names the person. Its bureau's signature is checked, as always before anything of it is believed. */
const schemeOfRequest = (path: string, request: Uint8Array, { federation }: OpenedFederation, now: number) => {
  const opened = openConsentRequest(request, (id) => memberKeysNow(federation, { id, role: 'bureau' }, now).map(hexToBytes));
  if (E.isLeft(opened)) return E.left(requestFailure(path, opened.left));
  const scheme = Scheme.decode(opened.right.asked.scheme);
  return E.isRight(scheme) ? scheme : E.left(badInput(`${path}: this version does not know its identifier scheme`));
};
