import { E } from '@vouchsafe/core';
import { fine } from '../command.ts';
import { badInput, EXIT, failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readWhole } from '../read-file.ts';
import { printable, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';
import { type AuditorCall, holderFailure, knownHolder, withAuditor } from './with-auditor.ts';

/** What `audit open` was told. */
export interface OpenOptions extends AuditorCall {
  readonly holder?: string | undefined;
  readonly entry?: number | undefined;
  readonly place: readonly number[];
  readonly request: string;
  readonly answer?: string | undefined;
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Without an answer: asks the holder and writes the request. With one: checks it. */
export const auditOpen = (options: OpenOptions, world: World): Result =>
  options.answer === undefined ? requestOpening(options, world) : checkAnswer({ ...options, answer: options.answer }, world);

const requestOpening = async (options: OpenOptions, world: World): Result => {
  const { holder, entry, place, request: path } = options;
  if (holder === undefined || entry === undefined)
    return E.left(badInput('give the log and the entry with --holder and --entry, or the bureau’s answer with --answer'));
  return withAuditor(options, world, async ({ auditor, federation }) => {
    const known = knownHolder(federation, holder);
    if (E.isLeft(known)) return known;
    const opened = await auditor.requestOpening({ holder, entry, positions: place, signal: world.signal })();
    if (E.isLeft(opened)) return E.left(holderFailure(holder, opened.left));
    const written = await createFile(path, opened.right.request);
    if (E.isLeft(written)) return written;
    const { query, matched } = opened.right;
    const { querier, kind, purpose, columns, cohortSize, consent, time } = query;
    return fine(
      [
        table(
          ['entry', 'querier', 'asked', 'for', 'subjects', 'known here', 'consent'],
          [
            [
              `${entry} of ${holder}`,
              querier,
              `${kind}: ${columns.join(', ')}`,
              purpose,
              String(cohortSize),
              String(matched),
              consent ? `receipt of ${consent.issuer}` : 'none',
            ],
          ],
        ),
        `${path}: the request for ${querier}, which answers with "vouchsafe bureau open". The holder has logged that you asked.`,
      ].join('\n'),
      {
        holder,
        entry,
        querier,
        kind,
        purpose,
        columns,
        cohortSize,
        matched,
        time,
        consent: consent?.issuer ?? null,
        request: path,
      },
    );
  });
};

const checkAnswer = async (options: OpenOptions & { readonly answer: string }, world: World): Result => {
  const request = await readWhole(options.request, MAX_ANSWER_BYTES);
  if (E.isLeft(request)) return request;
  const answer = await readWhole(options.answer, MAX_ANSWER_BYTES);
  if (E.isLeft(answer)) return answer;
  return withAuditor(options, world, async ({ auditor }) => {
    const shown = await auditor.checkOpening({ request: request.right, answer: answer.right })();
    if (E.isLeft(shown)) return E.left(failure(shown.left, EXIT.bad));
    const subjects = shown.right.map(({ position, id }) => ({ place: position, identifier: new TextDecoder().decode(id) }));
    return fine(
      [
        table(
          ['place', 'asked about'],
          subjects.map(({ place, identifier }) => [String(place), printable(identifier)]),
        ),
        'VERDICT: the bureau has proven to you, and to nobody else, that these are the persons of the logged query.',
      ].join('\n'),
      { subjects },
    );
  });
};
