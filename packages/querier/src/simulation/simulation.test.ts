import { expect, it } from 'vitest';
import { simulate } from './simulate.test.fixture.ts';

it('a holder keeps the books as a small model does, whatever comes in which order and gets lost on the way', async ({
  annotate,
}) => {
  const { sequences, requests } = await simulate(150, 0);
  await annotate(`${sequences} sequences, ${requests} requests`);
  expect(requests).toBeGreaterThan(sequences);
}, 120_000);
