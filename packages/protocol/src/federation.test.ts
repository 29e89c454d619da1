import { describe, expect, it } from 'vitest';
import { federationHash, problemOf, readFederation, readProblem, tagOf } from './index.ts';

const key = 'ab'.repeat(32);
const holder = (id: string) => ({ id, role: 'holder', url: `https://${id}.example/vouchsafe`, boxKey: key });
const document = {
  version: 1,
  id: 'test',
  epoch: 1,
  schemes: ['cn-rid'],
  catalogue: { cohortCap: 100, columns: [{ kind: 'flag', name: 'late' }] },
  members: [{ id: 'bureau', role: 'bureau' }, holder('ant'), holder('bee')],
  roster: ['ant', 'bee'],
};

describe('the federation document', () => {
  it('is read, and hashed the same whatever the order of its keys', () => {
    const one = readFederation(document);
    const two = readFederation(Object.fromEntries(Object.entries(document).reverse()));
    expect(one).toMatchObject({ right: document });
    if (one._tag === 'Left' || two._tag === 'Left') throw new Error('refused');
    expect(federationHash(one.right)).toEqual(federationHash(two.right));
    expect(federationHash({ ...one.right, epoch: 2 })).not.toEqual(federationHash(one.right));
  });

  it.each([
    ['a member twice', { members: [...document.members, holder('ant')] }, /"ant" stands twice/],
    ['no scheme', { schemes: [] }, /no identifier scheme/],
    ['a scheme twice', { schemes: ['cn-rid', 'cn-rid'] }, /"cn-rid" stands twice/],
    ['a roster of one', { roster: ['ant'] }, /two holders/],
    ['a roster out of order', { roster: ['bee', 'ant'] }, /alphabetical/],
    ['a holder twice in the roster', { roster: ['ant', 'ant'] }, /twice in the roster/],
    ['a stranger in the roster', { roster: ['ant', 'cat'] }, /"cat"/],
    ['a bureau in the roster', { roster: ['ant', 'bureau'] }, /"bureau"/],
    ['a holder without url', { members: [document.members[0], { ...holder('ant'), url: undefined }, holder('bee')] }, /url/],
    ['a key that is none', { members: [document.members[0], { ...holder('ant'), boxKey: 'xyz' }, holder('bee')] }, /boxKey/],
    [
      'a url with a query',
      { members: [document.members[0], { ...holder('ant'), url: 'https://a.example/?x=1' }, holder('bee')] },
      /url/,
    ],
    ['an unknown key', { more: 1 }, /only the keys/],
    ['another version', { version: 2 }, /version/],
    [
      'totals out of range',
      { catalogue: { cohortCap: 100_000, columns: [{ kind: 'count', name: 'n', max: 2 ** 32 - 1 }] } },
      /2\^40/,
    ],
  ])('is refused with %s, saying so', (_, change, message) => {
    const result = readFederation({ ...document, ...change });
    expect(result).toMatchObject({ _tag: 'Left', left: { message: expect.stringMatching(message) } });
  });
});

describe('problems', () => {
  it('carry an error’s tag and message, and nothing else', () => {
    const problem = problemOf({ _tag: 'BatchTooLarge', message: 'send fewer', secret: 1 } as never, 413);
    expect(problem).toEqual({
      type: 'urn:vouchsafe:problem:BatchTooLarge',
      title: 'Batch too large',
      status: 413,
      detail: 'send fewer',
    });
    expect(tagOf(problem)).toBe('BatchTooLarge');
    expect(readProblem(JSON.stringify(problem))).toEqual({ _tag: 'Right', right: problem });
    for (const bad of [
      '',
      '{',
      '{}',
      JSON.stringify({ ...problem, type: 'about:blank' }),
      JSON.stringify({ ...problem, status: 200 }),
      'x'.repeat(100_000),
    ])
      expect(readProblem(bad)).toMatchObject({ left: { _tag: 'BadShape' } });
  });
});
