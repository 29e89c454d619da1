import { bytesToHex, createSigner, hexToBytes, Secret } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import {
  checkSuccession,
  type Federation,
  federationHash,
  federationKeys,
  openFederation,
  readFederation,
  signFederation,
} from './index.ts';

const signer = (name: string) => createSigner(new Secret(seededRng(name)(32)));
const key = (name: string): string => bytesToHex(signer(name).publicKey);
const boxKey = 'ab'.repeat(32);
const holder = (id: string) => ({ id, role: 'holder', signKey: key(id), url: `https://${id}.example/vouchsafe`, boxKey });
const epoch = (number: number, ...holders: readonly string[]) => ({
  number,
  roster: holders.map((name) => ({ holder: name, boxKey })),
});
const bureau = { id: 'bureau', role: 'bureau', signKey: key('bureau') };
const auditor = { id: 'central-bank', role: 'auditor', signKey: key('auditor') };
const document = {
  version: 1,
  id: 'test',
  serial: 3,
  schemes: ['cn-rid'],
  catalogue: { cohortCap: 100, columns: [{ kind: 'flag', name: 'late' }] },
  members: [auditor, bureau, holder('ant'), holder('bee'), holder('cat')],
  epochs: [epoch(7, 'ant', 'bee')],
};
const valid = (change: object = {}): Federation => {
  const read = readFederation({ ...document, ...change });
  if (read._tag === 'Left') throw new Error(read.left.message);
  return read.right;
};

describe('the federation document', () => {
  it('is read, and hashed the same whatever the order of its keys', () => {
    expect(valid()).toEqual(document);
    expect(federationHash(valid(Object.fromEntries(Object.entries(document).reverse())))).toEqual(federationHash(valid()));
    expect(federationHash(valid({ serial: 4 }))).not.toEqual(federationHash(valid()));
  });

  it.each([
    ['a member twice', { members: [...document.members, { ...holder('ant'), signKey: key('other') }] }, /"ant" stands twice/],
    [
      'a key of two members',
      { members: [...document.members, { ...holder('dog'), signKey: key('ant') }] },
      /signing key of "ant"/,
    ],
    [
      'a former key that is another member’s',
      { members: [...document.members, { ...holder('dog'), formerKeys: [{ signKey: key('ant'), until: 9 }] }] },
      /signing key of "ant"/,
    ],
    ['no auditor', { members: document.members.slice(1) }, /one auditor/],
    ['two auditors', { members: [...document.members, { ...auditor, id: 'two', signKey: key('two') }] }, /one auditor/],
    ['a member without a signing key', { members: [auditor, { id: 'bureau', role: 'bureau' }] }, /signKey/],
    ['an unknown role', { members: [auditor, { ...bureau, role: 'guest' }] }, /role/],
    ['no scheme', { schemes: [] }, /no identifier scheme/],
    ['a scheme twice', { schemes: ['cn-rid', 'cn-rid'] }, /"cn-rid" stands twice/],
    ['no epoch', { epochs: [] }, /no epoch/],
    ['three epochs', { epochs: [1, 2, 3].map((n) => epoch(n, 'ant', 'bee')) }, /epochs/],
    ['epochs out of order', { epochs: [epoch(8, 'ant', 'bee'), epoch(7, 'ant', 'bee')] }, /rising/],
    ['a roster of one', { epochs: [epoch(7, 'ant')] }, /two holders/],
    ['a roster out of order', { epochs: [epoch(7, 'bee', 'ant')] }, /alphabetical/],
    ['a holder twice in the roster', { epochs: [epoch(7, 'ant', 'ant')] }, /twice in the roster/],
    ['a stranger in the roster', { epochs: [epoch(7, 'ant', 'dog')] }, /"dog"/],
    ['a bureau in the roster', { epochs: [epoch(7, 'ant', 'bureau')] }, /"bureau"/],
    ['a holder without url', { members: [auditor, bureau, { ...holder('ant'), url: undefined }, holder('bee')] }, /url/],
    ['a key that is none', { members: [auditor, bureau, { ...holder('ant'), boxKey: 'xyz' }, holder('bee')] }, /boxKey/],
    ['a url with a query', { members: [auditor, bureau, { ...holder('ant'), url: 'https://a.example/?x=1' }] }, /url/],
    [
      'a signing key of small order',
      { members: [auditor, { ...bureau, signKey: `01${'00'.repeat(31)}` }] },
      /signing key of "bureau"/,
    ],
    [
      'a former signing key of small order',
      { members: [auditor, { ...bureau, formerKeys: [{ signKey: '00'.repeat(32), until: 9 }] }] },
      /signing key of "bureau"/,
    ],
    [
      'a box key of small order',
      { members: [auditor, bureau, { ...holder('ant'), boxKey: '00'.repeat(32) }] },
      /box key of "ant"/,
    ],
    [
      'a box key of small order in a roster',
      {
        epochs: [
          {
            number: 7,
            roster: [
              { holder: 'ant', boxKey },
              { holder: 'bee', boxKey: `01${'00'.repeat(31)}` },
            ],
          },
        ],
      },
      /box key of "bee"/,
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

  it('says which keys of a member count, now', () => {
    const rotated = { ...holder('ant'), signKey: key('new'), formerKeys: [{ signKey: key('old'), until: 1000 }] };
    const at = (now: number) => federationKeys(valid({ members: [auditor, bureau, rotated, holder('bee')] }), () => now);
    expect(at(999_999)(key('old'))).toMatchObject({ member: 'ant', publicKey: signer('old').publicKey });
    expect(at(1_000_000)(key('old'))).toBeUndefined();
    expect(at(2e12)(key('new'))?.member).toBe('ant');
    expect(at(0)(key('bureau'))?.member).toBe('bureau');
    expect(at(0)(key('stranger'))).toBeUndefined();
  });
});

describe('the federation file', () => {
  const file = signFederation(valid(), signer('auditor'));
  const pinned = hexToBytes(key('auditor'));

  it('opens under the auditor’s key', () => {
    const parsed = JSON.parse(JSON.stringify(file));
    for (const key of [pinned, bytesToHex(pinned), bytesToHex(pinned).toUpperCase()])
      expect(openFederation(parsed, key)).toEqual({ _tag: 'Right', right: valid() });
    for (const key of ['', 'no key', bytesToHex(pinned).slice(1), pinned.subarray(1)])
      expect(openFederation(parsed, key)).toMatchObject({
        left: { _tag: 'FederationNotSigned', message: expect.stringMatching(/64 hex/) },
      });
  });

  it.each([
    ['any change', { ...file, federation: { ...file.federation, serial: 4 } }],
    [
      'a changed url',
      {
        ...file,
        federation: valid({ members: [auditor, bureau, holder('ant'), { ...holder('bee'), url: 'https://evil.example' }] }),
      },
    ],
    ['another signature', { ...file, signature: `00${file.signature.slice(2)}` }],
    ['a stranger’s signature', signFederation(valid(), signer('stranger'))],
    [
      'a stranger as auditor',
      signFederation(
        valid({ members: [{ ...auditor, signKey: key('stranger') }, ...document.members.slice(1)] }),
        signer('stranger'),
      ),
    ],
  ])('is refused with %s', (_, changed) => {
    expect(openFederation(changed, pinned)).toMatchObject({ left: { _tag: 'FederationNotSigned' } });
  });

  it.each([[null], [{}], [file.federation], [{ ...file, more: 1 }], [{ ...file, signature: 'x' }]])(
    'is refused when it has another shape (%#)',
    (value) => {
      expect(openFederation(value, pinned)).toMatchObject({ left: { _tag: 'BadShape' } });
    },
  );
});

describe('the next version of the document', () => {
  const next = (change: object): Federation => valid({ serial: 4, ...change });

  it.each([
    ['the same again', valid()],
    ['a new member', next({ members: [...document.members, holder('dog')] })],
    [
      'a rotated key',
      next({
        members: [
          auditor,
          bureau,
          { ...holder('ant'), signKey: key('new'), formerKeys: [{ signKey: key('ant'), until: 9 }] },
          holder('bee'),
        ],
      }),
    ],
    ['one more epoch, with another roster', next({ epochs: [...document.epochs, epoch(8, 'bee', 'cat')] })],
    ['another catalogue with only new epochs', next({ schemes: ['e164'], epochs: [epoch(8, 'ant', 'bee')] })],
  ])('may be %s', (_, federation) => {
    expect(checkSuccession(valid(), federation)).toMatchObject({ _tag: 'Right' });
  });

  it.each([
    ['an older one', valid({ serial: 2 }), /older/],
    ['another one of the same serial', valid({ schemes: ['e164'] }), /same serial/],
    ['one of another federation', next({ id: 'other' }), /"other"/],
    ['one with another roster in a live epoch', next({ epochs: [epoch(7, 'ant', 'cat')] }), /roster of epoch 7/],
    [
      'one with another mask key in a live epoch',
      next({
        epochs: [
          {
            number: 7,
            roster: [
              { holder: 'ant', boxKey },
              { holder: 'bee', boxKey: 'cd'.repeat(32) },
            ],
          },
        ],
      }),
      /roster of epoch 7/,
    ],
    ['one with another catalogue in a live epoch', next({ schemes: ['e164'] }), /catalogue or the schemes/],
    ['one that brings an epoch back', next({ epochs: [epoch(6, 'ant', 'bee'), ...document.epochs] }), /epoch 6 was over/],
  ])('may not be %s', (_, federation, message) => {
    expect(checkSuccession(valid(), federation)).toMatchObject({ left: { message: expect.stringMatching(message) } });
  });
});
