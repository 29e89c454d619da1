import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { memberKeys, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPlace, type Ended } from '../command.test.fixture.ts';

const place = await createPlace();
const { call, within, path } = place;

/** Members with a key file, and others that only their public keys are needed of. */
const FILES = ['auditor', 'auditor-2', 'stranger', 'ant'];
const OTHERS = ['ant-2', 'bee', 'cat', 'dog', 'bureau'];
const keys = new Map<string, { readonly signKey: string; readonly boxKey?: string }>(
  OTHERS.map((name) => [name, memberKeys(newMemberSecrets(seededRng(name)))]),
);
const signKey = (name: string): string => keys.get(name)!.signKey;
const holder = (name: string): string =>
  `federation add member ${name} --role holder --url https://${name}.example/v --sign-key ${signKey(name)} --box-key ${keys.get(name)!.boxKey}`;

/** In this process, or by the built command. */
const ok = async (line: string, by: (line: string) => Promise<Ended> = within): Promise<Ended> => {
  const ended = await by(line);
  expect(ended, line).toMatchObject({ code: 0, err: '' });
  return ended;
};

/** A refusal says why on standard error, in words, and leaves every file as it was. */
const refused = async (line: string, code: number, why: RegExp, by: (line: string) => Promise<Ended> = within): Promise<void> => {
  const before = await contents();
  const ended = await by(line);
  expect(ended.err, line).toMatch(why);
  expect(ended.err).not.toMatch(/\n\s+at |node:internal/);
  expect({ code: ended.code, out: ended.out }, line).toEqual({ code, out: '' });
  expect(await contents()).toEqual(before);
};

const contents = async (): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(place.folder);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(path(name), 'utf8')])));
};

const readFederation = async (name: string) => JSON.parse(await readFile(path(name), 'utf8'));

describe('the story of a federation file', () => {
  beforeAll(async () => {
    for (const name of FILES)
      keys.set(name, (await ok(`keys new --out ${name}.key --json`)).json() as { signKey: string; boxKey: string });
  }, 120_000);

  it('keys: a file for its owner only, that no second call replaces', async () => {
    expect((await stat(path('ant.key'))).mode & 0o777).toBe(0o600);
    const text = await readFile(path('ant.key'), 'utf8');
    await refused('keys new --out ant.key', 2, /ant\.key.*(already|there is)/);
    expect(await readFile(path('ant.key'), 'utf8')).toBe(text);
    expect((await ok('keys show ant.key --json', call)).json()).toEqual({ ok: true, ...keys.get('ant') });
    expect((await ok('keys show ant.key')).out).toContain(signKey('ant'));
  });

  it('new: a draft that says what it lacks', async () => {
    await refused(`federation new ring --scheme cn-rid --sign-key ${signKey('auditor')}`, 2, /--auditor/);
    await refused('federation new ring --auditor bank --scheme cn-rid', 2, /--keys.*--sign-key/);
    await refused('federation new ring --auditor bank --keys auditor.key --scheme cn-ird', 2, /cn-rid/);
    await refused('federation new Ring! --auditor bank --keys auditor.key --scheme cn-rid', 2, /lower-case letters/);
    const { out } = await ok('federation new ring --auditor bank --keys auditor.key --scheme cn-rid', call);
    expect(out).toMatch(/Before it can be signed: it names no epoch/);
    await refused('federation new ring --auditor bank --keys auditor.key --scheme cn-rid', 2, /federation\.json exists already/);
    await refused('federation sign --keys auditor.key', 1, /no epoch/);
    await refused(`federation verify --auditor-key ${signKey('auditor')}`, 1, /is a draft/);
  });

  it('add member: what is missing or wrong is named', async () => {
    await refused(`federation add member ant --sign-key ${signKey('ant')}`, 2, /--role/);
    await refused('federation add member ant --role holder', 2, /--sign-key/);
    await refused('federation add member ant --role lender', 2, /holder, bureau, auditor, issuer/);
    await refused('federation add member ant --role holder --sign-key abc', 2, /64 hexadecimal digits/);
    await refused(`${holder('ant')} --url ftp://ant.example`, 2, /http or https/);
    await refused(`${holder('ant')} --overlap soon`, 2, /7d/);
    await refused(`federation add member ant --role holder --sign-key ${signKey('auditor')}`, 2, /belongs to "bank"/);
    await refused(`federation add member two --role auditor --sign-key ${signKey('ant')}`, 2, /auditor is "bank"/);
    await refused(
      `federation add member bureau --role bureau --sign-key ${signKey('bureau')} --box-key ${keys.get('bureau')!.boxKey}`,
      2,
      /only a holder/,
    );
    await ok(holder('ant'), call);
    for (const name of ['bee', 'cat', 'dog']) await ok(holder(name));
    await ok(`federation add member bureau --role bureau --sign-key ${signKey('bureau').toUpperCase()}`);
    await refused(`federation add member ant --role bureau --sign-key ${signKey('ant-2')}`, 2, /is a member already, as holder/);
    const { out } = await ok(holder('ant'));
    expect(out).toMatch(/nothing to change/);
  });

  it('add epoch: only with holders that can be in it', async () => {
    await refused('federation add epoch', 2, /--roster/, call);
    await refused('federation add epoch --roster ant', 2, /two holders/);
    await refused('federation add epoch --roster ant,ant', 2, /twice/);
    await refused('federation add epoch --roster ant,eel', 2, /no member "eel"/);
    await refused('federation add epoch --roster ant,bureau', 2, /"bureau" is a bureau/);
    const { out } = await ok('federation add epoch --roster cat,ant,bee', call);
    expect(out).toMatch(/opened epoch 1 with ant, bee, cat[\s\S]*Nothing is missing/);
  });

  it('sign and verify', async () => {
    await refused('federation sign --keys stranger.key', 2, /has not the key of the auditor "bank"/);
    await refused('federation sign --keys nowhere.key', 3, /nowhere\.key/);
    await refused('federation sign nowhere.json --keys auditor.key', 3, /no such file/, call);
    const { out } = await ok('federation sign --keys auditor.key', call);
    expect(out).toContain(signKey('auditor'));
    expect((await ok('federation sign --keys auditor.key')).out).toMatch(/signed already/);
    const verified = await ok(`federation verify --auditor-key ${signKey('auditor')}`, call);
    for (const shown of ['ant', 'https://ant.example/v', signKey('ant').slice(0, 4), 'bureau', 'auditor', 'cn-rid', 'openLoans'])
      expect(verified.out).toContain(shown);
    const json = (await ok(`federation verify --auditor-key ${signKey('auditor')} --json`)).json();
    expect(json).toMatchObject({ ok: true, id: 'ring', serial: 1, epochs: [{ number: 1 }] });
    await refused(`federation verify --auditor-key ${signKey('stranger')}`, 1, /another auditor key/, call);
    await refused('federation verify --auditor-key 12', 2, /64 hexadecimal digits/);
    await refused('federation verify', 2, /--auditor-key/);
  });

  it('a file that was changed after signing is refused, wherever it was changed', async () => {
    const file = await readFederation('federation.json');
    for (const [name, change] of [
      [
        'url',
        {
          members: file.federation.members.map((one: object) => ({
            ...one,
            ...('url' in one ? { url: 'https://evil.example' } : {}),
          })),
        },
      ],
      ['serial', { serial: 9 }],
      ['schemes', { schemes: ['e164'] }],
    ] as const) {
      await writeFile(path(`changed-${name}.json`), JSON.stringify({ ...file, federation: { ...file.federation, ...change } }));
      await refused(
        `federation verify changed-${name}.json --auditor-key ${signKey('auditor')}`,
        1,
        /not signed by the auditor, or was changed/,
      );
      await refused(`federation sign changed-${name}.json --keys auditor.key`, 1, /was changed after it was signed/);
      await refused(`federation add scheme us-ssn --file changed-${name}.json`, 1, /was changed after it was signed/);
    }
    for (const [name, text, why] of [
      ['no-json', '{"federation": ', /is not JSON/],
      ['no-file', '[]', /no federation file/],
      ['short', JSON.stringify({ ...file, signature: 'ab' }), /128 hexadecimal digits/],
      ['more', JSON.stringify({ ...file, more: 1 }), /only the keys/],
      ['part', JSON.stringify({ ...file, federation: { ...file.federation, members: [{ id: 'ant' }] } }), /members\.0\.role/],
      ['binary', Buffer.from([0xff, 0xfe]), /UTF-8/],
    ] as const) {
      await writeFile(path(`${name}.json`), text);
      await refused(`federation verify ${name}.json --auditor-key ${signKey('auditor')}`, 2, why);
    }
    await refused(`federation verify . --auditor-key ${signKey('auditor')}`, 3, /is a folder/);
  });

  it('a rotation is a new version: the old key is honoured for the overlap, and the version before is kept', async () => {
    const signed = await readFile(path('federation.json'), 'utf8');
    const now = Math.floor(Date.now() / 1000);
    const { out } = await ok(`federation add member ant --sign-key ${signKey('ant-2')} --overlap 2d`, call);
    expect(out).toMatch(/serial 2[\s\S]*honoured until[\s\S]*kept in federation\.1\.json[\s\S]*--previous federation\.1\.json/);
    expect(await readFile(path('federation.1.json'), 'utf8')).toBe(signed);
    const { federation, signature } = await readFederation('federation.json');
    expect(signature).toBeUndefined();
    expect(federation.members[1]).toMatchObject({
      id: 'ant',
      signKey: signKey('ant-2'),
      formerKeys: [{ signKey: signKey('ant') }],
    });
    expect(Math.abs(federation.members[1].formerKeys[0].until - now - 2 * 86_400)).toBeLessThan(60);
    await refused(`federation add member ant --sign-key ${signKey('ant')}`, 2, /was a signing key of "ant" before/);
    await refused('federation sign --keys auditor.key', 2, /--previous/);
    await ok('federation sign --keys auditor.key --previous federation.1.json');
    const verified = await ok(`federation verify --auditor-key ${signKey('auditor')} --previous federation.1.json`);
    expect(verified.out).toMatch(/former.*\n.*until[\s\S]*"ant" has a new signing key; the one before is honoured until/);
  });

  it('an older version, or another of the same serial, may not follow', async () => {
    const key = signKey('auditor');
    await refused(
      `federation verify federation.1.json --auditor-key ${key} --previous federation.json`,
      1,
      /serial 1 is older than 2/,
    );
    await ok('federation add scheme e164 --file federation.1.json --out other.json');
    await ok('federation sign other.json --keys auditor.key --no-previous');
    await refused(`federation verify other.json --auditor-key ${key} --previous federation.json`, 1, /same serial 2/);
    await refused(`federation verify --auditor-key ${key} --previous federation.9.json`, 3, /federation\.9\.json/);
    await ok('federation add scheme e164 --file federation.json --out draft.json');
    await refused(`federation verify --auditor-key ${key} --previous draft.json`, 2, /is a draft/);
  });

  it('the roster, the catalogue and the schemes cannot change inside an epoch', async () => {
    await refused('federation sign draft.json --keys auditor.key --previous federation.json', 1, /schemes inside epoch 1/);
    const { federation } = await readFederation('federation.json');
    const roster = [...federation.epochs[0].roster, { holder: 'dog', boxKey: keys.get('dog')!.boxKey }];
    await writeFile(
      path('roster.json'),
      JSON.stringify({ federation: { ...federation, serial: 3, epochs: [{ number: 1, roster }] } }),
    );
    await refused('federation sign roster.json --keys auditor.key --previous federation.json', 1, /roster of epoch 1/);
    await refused('federation remove member cat', 2, /roster of epoch 1/);
    await refused('federation add epoch --roster ant,bee --number 1', 2, /used once/);
  });

  it('two epochs can be live; the third ends the oldest, and then its holder can leave', async () => {
    expect((await ok('federation add epoch --roster ant,bee,dog')).out).toMatch(/opened epoch 2/);
    await ok('federation sign --keys auditor.key --previous federation.2.json');
    const third = await ok('federation add epoch --roster ant,bee,dog');
    expect(third.out).toMatch(/opened epoch 3[\s\S]*epoch 1 is over/);
    expect((await ok('federation remove member cat')).out).toMatch(/serial 4[\s\S]*removed "cat"/);
    await ok('federation sign --keys auditor.key --previous federation.3.json');
    const { out } = await ok(`federation verify --auditor-key ${signKey('auditor')} --previous federation.3.json`);
    expect(out).toMatch(/holder "cat" is gone[\s\S]*epoch 3 opens with ant, bee, dog[\s\S]*epoch 1 is over/);
  });

  it('another catalogue comes with an epoch that ends the others', async () => {
    await writeFile(path('columns.json'), JSON.stringify({ cohortCap: 500, columns: [{ kind: 'flag', name: 'late' }] }));
    await writeFile(path('wrong.json'), JSON.stringify({ cohortCap: 500, columns: [{ kind: 'count', name: 'late' }] }));
    await refused('federation add catalogue wrong.json', 2, /columns\.0\.max/);
    await ok('federation add catalogue columns.json');
    await refused(
      'federation sign --keys auditor.key --previous federation.4.json',
      1,
      /catalogue or the schemes inside epoch 2/,
    );
    await ok('federation add epoch --roster ant,bee,dog --alone');
    await ok('federation sign --keys auditor.key --previous federation.4.json');
  });

  it('the auditor’s own key rotates too: the version before is checked under the former one', async () => {
    await ok(`federation add member bank --sign-key ${signKey('auditor-2')} --overlap 0`);
    await refused('federation sign --keys auditor.key --previous federation.5.json', 2, /has not the key of the auditor/);
    await ok('federation sign --keys auditor-2.key --previous federation.5.json');
    await ok(`federation verify --auditor-key ${signKey('auditor-2')} --previous federation.5.json`);
    await refused(`federation verify --auditor-key ${signKey('auditor')}`, 1, /another auditor key/);
    await refused(`federation verify --auditor-key ${signKey('auditor-2')} --previous changed-url.json`, 2, /changed-url\.json/);
  });

  it('says refusals as JSON too, as the last line of standard output', async () => {
    const bad = await call(`federation verify --auditor-key ${signKey('stranger')} --json`);
    expect(bad.json()).toMatchObject({
      ok: false,
      exit: 1,
      error: { tag: 'FederationNotSigned', message: expect.stringMatching(/auditor key/) },
    });
    const usage = await within('federation verify --json');
    expect({ code: usage.code, json: usage.json() }).toMatchObject({
      code: 2,
      json: { ok: false, exit: 2, error: { tag: 'BadCall' } },
    });
  });
});
