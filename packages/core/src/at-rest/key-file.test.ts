import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesToHex, E, type Either, Secret } from '../index.ts';
import { memberKeys, newMemberSecrets, readKeyFile, relockKeyFile, type Unlock, writeKeyFile } from './index.ts';

const unlock: Unlock = { key: new Secret(new Uint8Array(32).fill(1)) };
const other: Unlock = { key: new Secret(new Uint8Array(32).fill(2)) };
const passphrase: Unlock = { passphrase: 'correct horse battery staple' };
const tagOf = (result: Either<{ readonly _tag: string }, unknown>): string => (E.isLeft(result) ? result.left._tag : 'open');

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-keys-'));
  path = join(folder, 'lender-a.key.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a key file', () => {
  it.each([
    ['a passphrase', passphrase, { passphrase: 'another horse battery staple' }],
    ['a key', unlock, other],
  ] as const)('under %s gives back the secrets, to its owner only', async (_, own, wrong) => {
    const secrets = newMemberSecrets();
    const written = await writeKeyFile({ path, secrets, unlock: own })();
    expect(written).toEqual(E.right(memberKeys(secrets)));
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    expect(await readdir(folder)).toEqual(['lender-a.key.json']);
    const read = await readKeyFile({ path, unlock: own })();
    if (E.isLeft(read)) throw new Error(read.left.message);
    expect(read.right.signSeed.reveal()).toEqual(secrets.signSeed.reveal());
    expect(read.right.boxSecret.reveal()).toEqual(secrets.boxSecret.reveal());
    expect(tagOf(await readKeyFile({ path, unlock: wrong })())).toBe('WrongKey');
    const text = await readFile(path, 'utf8');
    for (const secret of [secrets.signSeed, secrets.boxSecret]) expect(text).not.toContain(bytesToHex(secret.reveal()));
  });

  it('names the public keys that belong to the secrets', async () => {
    const secrets = newMemberSecrets();
    await writeKeyFile({ path, secrets, unlock })();
    const file = JSON.parse(await readFile(path, 'utf8'));
    expect(file.signKey).toBe(bytesToHex(nacl.sign.keyPair.fromSeed(secrets.signSeed.reveal()).publicKey));
    expect(file.boxKey).toBe(bytesToHex(nacl.box.keyPair.fromSecretKey(secrets.boxSecret.reveal()).publicKey));
  });

  it('is not written over another one, and leaves nothing behind when it fails', async () => {
    await writeKeyFile({ path, secrets: newMemberSecrets(), unlock })();
    const before = await readFile(path, 'utf8');
    expect(tagOf(await writeKeyFile({ path, secrets: newMemberSecrets(), unlock })())).toBe('KeyFileExists');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(tagOf(await writeKeyFile({ path: join(folder, 'none', 'x'), secrets: newMemberSecrets(), unlock })())).toBe(
      'KeyFileUnusable',
    );
    expect(
      tagOf(await writeKeyFile({ path: join(folder, 'x'), secrets: newMemberSecrets(), unlock: { passphrase: 'short' } })()),
    ).toBe('WeakPassphrase');
    expect(await readdir(folder)).toEqual(['lender-a.key.json']);
  });

  it('can be locked otherwise', async () => {
    const secrets = newMemberSecrets();
    await writeKeyFile({ path, secrets, unlock })();
    expect(tagOf(await relockKeyFile({ path, from: other, to: passphrase })())).toBe('WrongKey');
    expect(tagOf(await relockKeyFile({ path, from: unlock, to: passphrase })())).toBe('open');
    expect(tagOf(await readKeyFile({ path, unlock })())).toBe('WrongKey');
    const read = await readKeyFile({ path, unlock: passphrase })();
    expect(E.isRight(read) && memberKeys(read.right)).toEqual(memberKeys(secrets));
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    expect(await readdir(folder)).toEqual(['lender-a.key.json']);
  });

  it('is refused when anything in it was changed', async () => {
    await writeKeyFile({ path, secrets: newMemberSecrets(), unlock })();
    const file = JSON.parse(await readFile(path, 'utf8'));
    const flip = (hex: string): string => (hex[0] === '0' ? '1' : '0') + hex.slice(1);
    const changes: readonly (readonly [object, string])[] = [
      [{ signKey: flip(file.signKey) }, 'KeyRecordDamaged'],
      [{ boxKey: flip(file.boxKey) }, 'KeyRecordDamaged'],
      [{ box: file.box.slice(0, -1) + flip(file.box.slice(-1)) }, 'KeyRecordDamaged'],
      [{ box: file.box.slice(2) }, 'KeyRecordDamaged'],
      [{ version: 2 }, 'KeyRecordDamaged'],
      [{ extra: 1 }, 'KeyRecordDamaged'],
      [{ lock: { ...file.lock, by: 'nobody' } }, 'KeyRecordDamaged'],
      [{ lock: { ...file.lock, box: file.lock.box.slice(0, -1) + flip(file.lock.box.slice(-1)) } }, 'WrongKey'],
    ];
    for (const [change, tag] of changes) {
      await writeFile(path, JSON.stringify({ ...file, ...change }));
      expect(tagOf(await readKeyFile({ path, unlock })()), JSON.stringify(Object.keys(change))).toBe(tag);
    }
    for (const text of ['', '{', 'null', '[]', ' '.repeat(100_000), `${JSON.stringify(file)}x`]) {
      await writeFile(path, text);
      expect(tagOf(await readKeyFile({ path, unlock })())).toBe('KeyRecordDamaged');
    }
  });

  it('says when it is not there, or is no file, without its path', async () => {
    const missing = await readKeyFile({ path, unlock })();
    expect(missing).toMatchObject({ left: { _tag: 'KeyFileUnusable', message: expect.stringContaining('ENOENT') } });
    expect(JSON.stringify(missing)).not.toContain(folder);
    await mkdir(path);
    expect(tagOf(await readKeyFile({ path, unlock })())).toBe('KeyFileUnusable');
  });

  it('does not unlock a store, nor a store’s key record a file', async () => {
    await writeKeyFile({ path, secrets: newMemberSecrets(), unlock })();
    const { openKeyring } = await import('./index.ts');
    const { decodeCanonical, encodeCanonical, memoryKv, utf8ToBytes } = await import('../index.ts');
    const kv = memoryKv();
    const lock = JSON.parse(await readFile(path, 'utf8')).lock;
    await kv.commit((writer) => writer.put('keyring', utf8ToBytes('lock'), encodeCanonical({ version: 1, lock })));
    expect(tagOf(await openKeyring({ kv, unlock })())).toBe('WrongKey');
    expect(E.isRight(decodeCanonical(kv.read((reader) => reader.get('keyring', utf8ToBytes('lock'))!)))).toBe(true);
  });
});
