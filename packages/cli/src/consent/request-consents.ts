import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import { signalColumns } from '@vouchsafe/scorecard';
import { readCohort, rejectedNote } from '../bureau/cohort.ts';
import { eachPerson } from '../bureau/each-person.ts';
import { querierFailure } from '../bureau/failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from '../bureau/open-bureau.ts';
import { fine } from '../command.ts';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { exists, fileExists, fileFailure } from '../read-file.ts';
import { readModel } from '../scorecard/model-file.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';

/** What `consent request` was told. */
export interface RequestCall extends BureauCall {
  readonly people: string;
  readonly column?: readonly string[] | undefined;
  readonly purpose: string;
  readonly columns?: readonly string[] | undefined;
  readonly model?: string | undefined;
  readonly out: string;
}

export const requestConsents = async (call: RequestCall, world: World): Result => {
  const { out, purpose } = call;
  const columns = await columnsOf(call);
  if (E.isLeft(columns)) return columns;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const list = await readCohort(call, scheme.right, world);
  if (E.isLeft(list)) return list;
  const single = list.right.people.length === 1;
  const place = await placeFor(out, single);
  if (E.isLeft(place)) return place;
  return withReadyQuerier({ documents: documents.right, call, scheme: scheme.right }, world, async ({ querier, watch }) => {
    const { signal } = watch;
    const made = await eachPerson(list.right, {
      task: 'requests',
      onProgress: watch.onProgress,
      ask: async (subject, row) => {
        const request = await querier.requestConsent({
          scheme: scheme.right,
          purpose,
          subject,
          columns: columns.right,
          signal,
        })();
        if (E.isLeft(request)) return E.left(querierFailure(request.left));
        const path = single ? out : join(out, `${row + 1}.request`);
        const written = await createFile(path, request.right);
        return E.isLeft(written) ? written : E.right(path);
      },
    });
    if (E.isLeft(made)) return made;
    const requests = made.right.map(({ answer }) => answer);
    return fine(
      [
        single
          ? `${out}: the request for the issuer, which shows it to the person and answers with a receipt`
          : `${out}: ${figure(requests.length)} requests for the issuer; put its receipts into a folder as 1.receipt, 2.receipt, …`,
        `  for ${purpose}: ${columns.right.join(', ')}`,
        ...rejectedNote(list.right),
      ].join('\n'),
      { requests, purpose, columns: columns.right, rejected: list.right.rejected },
    );
  });
};

const columnsOf = async ({ columns, model }: RequestCall): Result<readonly string[]> => {
  if ((columns === undefined) === (model === undefined))
    return E.left(badInput('say with --columns what will be asked for, or give the scorecard with --model: one of the two'));
  if (columns !== undefined) return E.right(columns);
  const scorecard = await readModel(model!);
  return E.isLeft(scorecard) ? scorecard : E.right(signalColumns(scorecard.right));
};

const placeFor = async (out: string, single: boolean): Result<void> => {
  if (single) return (await exists(out)) ? E.left(fileExists(out)) : E.right(undefined);
  try {
    await mkdir(out, { recursive: true, mode: 0o700 });
    return E.right(undefined);
  } catch (error) {
    return E.left(fileFailure(out, 'written', error));
  }
};
