import { describe, expect, it } from 'vitest';
import { querierFailure } from './failures.ts';

const refused = (problem: string) => ({ _tag: 'HolderRefused', message: 'no', problem });
const failed = (...faults: readonly { readonly _tag: string; readonly message: string }[]) => ({
  _tag: 'HoldersFailed',
  message: 'x',
  holders: faults.map((fault, i) => ({ holder: `h${i}`, fault })),
});
const down = { _tag: 'HolderDown', message: 'down' };
const cheat = { _tag: 'BadProof', message: 'bad' };

describe('exit codes of what keeps a querier from its result', () => {
  it.each([
    ['Ctrl-C', { _tag: 'Aborted', message: 'x' }, 130],
    ['nothing sealed', { _tag: 'NotSynced', message: 'no table: call sync first' }, 2],
    ['a list of nobody', { _tag: 'NoSubjects', message: 'x' }, 2],
    ['answers that add up to nothing', { _tag: 'NoTotal', message: 'x' }, 1],
    ['a full disk', { _tag: 'StoreFull', message: 'x' }, 3],
    ['one holder that is down', failed(down), 3],
    ['one that is loading', failed(refused('NotReady')), 3],
    ['a spent budget', failed(refused('BudgetSpent')), 4],
    ['one down and one that refuses', failed(down, refused('NotGranted')), 4],
    ['one that cheats among others', failed(down, refused('NotGranted'), cheat), 1],
    ['a refusal of a statement', refused('NotGranted'), 4],
  ] as const)('%s', (_, error, exit) => {
    expect(querierFailure(error)).toMatchObject({ exit });
  });

  it('says what to do in the command’s words, and shows nothing that a holder could write on the screen', () => {
    expect(querierFailure({ _tag: 'NotSynced', message: 'no table: call sync first; or so' }).message).toBe(
      'no table: run vouchsafe bureau sync first; or so',
    );
    const evil = failed({ _tag: 'HolderDown', message: '' });
    expect(querierFailure({ ...evil, message: 'h: \u001b[2Kfine' }).message).toBe('h: \ufffd[2Kfine');
  });
});
