import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { syntheticRid } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('the example of a holder’s console', () => {
  it('runs by one command, tells where it is, shows twelve days of a lender, and ends with Ctrl-C', async () => {
    const child = spawn(process.execPath, [main, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0];
    expect(url, line).toBeDefined();
    const page = await (await fetch(url!)).text();
    for (const shown of [
      ...['lender-a', 'rent-bureau', 'new-bureau', 'credit-application', 'tenant-screening', 'model-development'],
      ...['NotGranted', 'BudgetSpent', 'CohortTooSmall', 'Unsigned', 'used up', 'waits for the bureau', 'ρ of totals', '<svg '],
    ])
      expect(page).toContain(shown);
    for (let person = 0; person < 400; person++) expect(page).not.toContain(syntheticRid(person));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('says how to run it', async () => {
    const child = spawn(process.execPath, [main, 'here'], { stdio: 'ignore' });
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
