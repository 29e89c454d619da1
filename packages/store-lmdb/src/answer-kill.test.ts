import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, it } from 'vitest';
import { sealFederation } from './answer.test.federation.ts';
import { crowd, dropAnswers, endAll, failAtEachPoint, killWhileAnswering } from './answer-kill.test.rounds.ts';

describe('a holder that is killed while it answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-answers-'));
  const sealed = await sealFederation(folder);
  afterEach(endAll);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'at random moments: loses nothing that it acknowledged, and spends no more than there is',
    () => killWhileAnswering(sealed, 10),
    120_000,
  );
  it('at each step of an answer, once: the answer is there whole, or not at all', () => failAtEachPoint(sealed, false), 180_000);
  it(
    'or whose answer is lost on the way a hundred times, gives the same bytes and takes one debit',
    () => dropAnswers(sealed, 100, 1),
    120_000,
  );
  it('or is asked 64 things at once on a budget for ten, answers exactly ten', () => crowd(sealed, 3), 120_000);
});
