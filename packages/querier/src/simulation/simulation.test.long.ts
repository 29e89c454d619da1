import { expect, it } from 'vitest';
import { simulate } from './simulate.test.fixture.ts';

// The other half of 10,000 begins with another policy, in a file of its own, so that both run at once.
it('a holder keeps the books as a small model does, over 5,000 sequences that begin with a generous policy', async ({
  annotate,
}) => {
  const { sequences, requests } = await simulate(5000, 0);
  await annotate(`${sequences} sequences, ${requests} requests`);
  expect(sequences).toBe(5000);
  expect(requests).toBeGreaterThan(5000);
});
