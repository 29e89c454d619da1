import { writeFile } from 'node:fs/promises';
import { E } from '@vouchsafe/core';
import { fine } from '../command.ts';
import { EXIT, failure } from '../exit.ts';
import type { MemberCall } from '../member/options.ts';
import type { Result } from '../outcome.ts';
import { exists, fileExists, readWhole } from '../read-file.ts';
import type { World } from '../world.ts';
import { createFileWith } from '../write-file.ts';
import { querierFailure } from './failures.ts';
import { readBureau, withQuerier } from './open-bureau.ts';

const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

export const openForAuditor = async (
  { request: path, out, ...call }: MemberCall & { readonly request: string; readonly out: string },
  world: World,
): Result => {
  if (await exists(out)) return E.left(fileExists(out));
  const request = await readWhole(path, MAX_REQUEST_BYTES);
  if (E.isLeft(request)) return request;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  return withQuerier({ documents: documents.right, call }, world, async (querier) => {
    const answer = await querier.open(request.right)();
    if (E.isLeft(answer))
      return E.left(answer.left._tag === 'OpeningNotLogged' ? failure(answer.left, EXIT.bad) : querierFailure(answer.left));
    // It names people: for its owner only.
    const written = await createFileWith(out, (beside) => writeFile(beside, answer.right, { mode: 0o600 }));
    if (E.isLeft(written)) return written;
    return fine(`${out}: the answer for the auditor. It names people: let it travel encrypted.`, { out });
  });
};
