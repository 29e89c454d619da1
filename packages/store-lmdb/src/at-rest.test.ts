import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csprng, E, Secret } from '@vouchsafe/core';
import { openKeyring, relockKeyring } from '@vouchsafe/core/at-rest';
import { expect, it } from 'vitest';
import { inFolder, opened } from './store.test.process.ts';

/** Everything that is on the disk, free pages too. */
const filesOf = async (folder: string): Promise<readonly Buffer[]> =>
  Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));

it(
  'no secret is in the files of a store, as it is or in hexadecimal; what is not sealed is',
  inFolder(async (folder) => {
    const kv = await opened(folder);
    const unlock = { key: new Secret(csprng(32)) };
    const passphrase = 'a passphrase that is looked for';
    const storeKeys: Uint8Array[] = [];
    // The first that is drawn is the key of the store.
    const rng = (length: number): Uint8Array => {
      const bytes = csprng(length);
      storeKeys.push(bytes.slice());
      return bytes;
    };
    const keyring = await openKeyring({ kv, unlock }, rng)();
    if (E.isLeft(keyring)) throw new Error(keyring.left.message);
    const secrets = Array.from({ length: 20 }, () => csprng(32));
    const bare = csprng(32);
    for (const [i, secret] of secrets.entries()) {
      const place = { table: 'secrets', key: Uint8Array.of(i) };
      await kv.commit((writer) => writer.put(place.table, place.key, keyring.right.seal(place, new Secret(secret.slice()))));
      if (i % 2 === 0) await kv.commit((writer) => writer.delete(place.table, place.key));
    }
    await kv.commit((writer) => writer.put('bare', Uint8Array.of(1), bare));
    expect(E.isRight(await relockKeyring({ kv, from: unlock, to: { passphrase } })())).toBe(true);
    keyring.right.close();
    await kv.close();

    const files = await filesOf(folder);
    const holds = (needle: Uint8Array | string): boolean =>
      files.some((file) => file.includes(typeof needle === 'string' ? needle : Buffer.from(needle)));
    expect(holds(bare)).toBe(true);
    const hidden = [...secrets, storeKeys[0]!, unlock.key.reveal()];
    for (const bytes of hidden) {
      expect(holds(bytes)).toBe(false);
      expect(holds(Buffer.from(bytes).toString('hex'))).toBe(false);
    }
    expect(holds(passphrase)).toBe(false);
    // The key record is there, and says with what it is locked.
    expect(holds('passphrase')).toBe(true);
  }),
);
