import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, it } from 'vitest';
import { sealFederation } from './answer.test.federation.ts';
import { crowd, dropAnswers, endAll, failAtEachPoint, killWhileAnswering } from './answer-kill.test.rounds.ts';

describe('a holder that is killed again and again while it answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-answers-'));
  const sealed = await sealFederation(folder);
  afterEach(endAll);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('at 200 random moments', () => killWhileAnswering(sealed, 200), 600_000);
  it('at each step of an answer, between any two writes', () => failAtEachPoint(sealed, true), 600_000);
  it('and whose answer is lost on the way a hundred times, with nine kills between', () => dropAnswers(sealed, 100, 9), 120_000);
  it('or is asked 64 things at once on a budget for ten, a hundred times', () => crowd(sealed, 100), 600_000);
});
