import { expect, it } from 'vitest';
import { simulate } from './simulate.test.fixture.ts';

it('a holder keeps the books as a small model does, over 10,000 sequences', async ({ annotate }) => {
  const { sequences, requests } = await simulate(10_000);
  await annotate(`${sequences} sequences, ${requests} requests`);
  expect(sequences).toBe(10_000);
  expect(requests).toBeGreaterThan(10_000);
});
