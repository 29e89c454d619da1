import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import {
  bytesToHex,
  decodeCanonical,
  E,
  type Either,
  encodeCanonical,
  hexToBytes,
  type Kv,
  lengthPrefixed,
  memoryKv,
  Secret,
  utf8ToBytes,
} from '../index.ts';
import { type Keyring, openKeyring, type Place, relockKeyring, type Unlock } from './index.ts';
import { stretch } from './passphrase.ts';

const RECORD = { table: 'keyring', key: utf8ToBytes('lock') } as const;
const place: Place = { table: 'secrets', key: Uint8Array.of(7) };
const secretOf = (fill: number, length = 32): Secret => new Secret(new Uint8Array(length).fill(fill));
const key = (fill: number): Unlock => ({ key: secretOf(fill) });
const passphrase: Unlock = { passphrase: 'correct horse battery staple' };

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
const tagOf = (result: Either<{ readonly _tag: string }, unknown>): string => (E.isLeft(result) ? result.left._tag : 'open');
const keyringOf = async (kv: Kv, unlock: Unlock): Promise<Keyring> => right(await openKeyring({ kv, unlock })());

/** A service that keeps one wrapping key, as a key management service does. */
const service = (
  mask: number,
): { readonly service: { wrap(key: Uint8Array): Promise<Uint8Array>; unwrap(wrapped: Uint8Array): Promise<Uint8Array> } } => ({
  service: {
    wrap: async (bytes) => bytes.map((byte) => byte ^ mask),
    unwrap: async (bytes) => bytes.map((byte) => byte ^ mask),
  },
});

const ways: readonly (readonly [string, Unlock, Unlock])[] = [
  ['a passphrase', passphrase, { passphrase: 'correct horse battery stapler' }],
  ['a key', key(1), key(2)],
  ['a key service', service(0x5a), service(0x5b)],
];

describe('scrypt', () => {
  it('gives the answers of RFC 7914 §12', async () => {
    const salt = (text: string): Uint8Array => utf8ToBytes(text);
    const first = await stretch('password', salt('NaCl'), { logN: 10, r: 8, p: 16 });
    expect(bytesToHex(first.reveal())).toBe('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162');
    const second = await stretch('pleaseletmein', salt('SodiumChloride'), { logN: 14, r: 8, p: 1 });
    expect(bytesToHex(second.reveal())).toBe('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2');
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await stretch('password', new Uint8Array(32), { logN: 17, r: 8, p: 1 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});

describe.each(ways)('a keyring under %s', (_, unlock, other) => {
  it('opens what it sealed, also when it is opened again, and only so', async () => {
    const kv = memoryKv();
    const keyring = await keyringOf(kv, unlock);
    const box = keyring.seal(place, secretOf(9));
    expect(right(keyring.open(place, box)).reveal()).toEqual(new Uint8Array(32).fill(9));
    keyring.close();
    expect(() => keyring.open(place, box)).toThrow(RangeError);
    expect(() => keyring.seal(place, secretOf(9))).toThrow(RangeError);
    const again = await keyringOf(kv, unlock);
    expect(right(again.open(place, box)).reveal()).toEqual(new Uint8Array(32).fill(9));
    expect(tagOf(await openKeyring({ kv, unlock: other })())).toBe('WrongKey');
  });

  it('refuses the other ways to unlock, and says which one it wants', async () => {
    const kv = memoryKv();
    await keyringOf(kv, unlock);
    for (const [, another] of ways.filter((way) => way[1] !== unlock)) {
      const result = await openKeyring({ kv, unlock: another })();
      expect(result).toMatchObject({
        left: { _tag: 'WrongKey', message: expect.stringMatching(/locked by a (passphrase|key|service)/) },
      });
    }
  });

  it('is locked otherwise without a record being touched', async () => {
    const kv = memoryKv();
    const box = (await keyringOf(kv, unlock)).seal(place, secretOf(3));
    const to: Unlock = { key: secretOf(77) };
    expect(tagOf(await relockKeyring({ kv, from: other, to })())).toBe('WrongKey');
    right(await relockKeyring({ kv, from: unlock, to })());
    expect(tagOf(await openKeyring({ kv, unlock })())).toBe('WrongKey');
    expect(right((await keyringOf(kv, to)).open(place, box)).reveal()).toEqual(new Uint8Array(32).fill(3));
    right(await relockKeyring({ kv, from: to, to: unlock })());
    expect(right((await keyringOf(kv, unlock)).open(place, box)).reveal()).toEqual(new Uint8Array(32).fill(3));
  });
});

describe('a sealed record', () => {
  it('opens in its own place only', async () => {
    const keyring = await keyringOf(memoryKv(), key(1));
    const box = keyring.seal(place, secretOf(9));
    const others: readonly Place[] = [
      { table: 'secrets', key: Uint8Array.of(8) },
      { table: 'secret', key: Uint8Array.of(115, 7) },
      { table: 'other', key: Uint8Array.of(7) },
      { table: 'secrets', key: Uint8Array.of(7, 0) },
    ];
    for (const other of others) expect(tagOf(keyring.open(other, box))).toBe('NotOpened');
    expect(tagOf((await keyringOf(memoryKv(), key(1))).open(place, box))).toBe('NotOpened');
  });

  it('does not open when a bit of it was changed, or when it was cut', async () => {
    const keyring = await keyringOf(memoryKv(), key(1));
    const box = keyring.seal(place, secretOf(9));
    for (let at = 0; at < box.length; at++) {
      const changed = box.slice();
      changed[at]! ^= 1 << (at % 8);
      expect(tagOf(keyring.open(place, changed))).toBe('NotOpened');
      expect(tagOf(keyring.open(place, box.subarray(0, at)))).toBe('NotOpened');
    }
  });

  it('is another one each time, and does not contain the secret', async () => {
    const keyring = await keyringOf(memoryKv(), key(1));
    const boxes = Array.from({ length: 50 }, () => bytesToHex(keyring.seal(place, secretOf(9))));
    expect(new Set(boxes).size).toBe(50);
    expect(new Set(boxes.map((box) => box.slice(2, 50))).size).toBe(50);
    for (const box of boxes) expect(box).not.toContain('09090909');
  });

  it('is NaCl’s secretbox under HKDF of the key and the place', async () => {
    const kv = memoryKv();
    let drawn = 0;
    // The first 32 bytes that are drawn are the key of the store.
    const rng = (length: number): Uint8Array => new Uint8Array(length).fill(++drawn);
    const keyring = right(await openKeyring({ kv, unlock: key(1) }, rng)());
    const box = keyring.seal(place, secretOf(9, 5));
    const info = lengthPrefixed(utf8ToBytes('Vouchsafe-v1-sealed-record'), utf8ToBytes('secrets'), Uint8Array.of(7));
    const own = new Uint8Array(hkdfSync('sha512', new Uint8Array(32).fill(1), new Uint8Array(0), info, 32));
    expect(box[0]).toBe(1);
    expect(nacl.secretbox.open(box.subarray(25), box.subarray(1, 25), own)).toEqual(new Uint8Array(5).fill(9));
  });

  it('takes secrets of any length', async () => {
    const keyring = await keyringOf(memoryKv(), key(1));
    for (const length of [0, 1, 31, 1000, 300_000]) {
      const opened = right(keyring.open(place, keyring.seal(place, secretOf(4, length))));
      expect(Buffer.compare(opened.reveal(), new Uint8Array(length).fill(4))).toBe(0);
    }
  });
});

describe('the key record of a store', () => {
  const stored = (kv: Kv): Uint8Array => kv.read((reader) => reader.get(RECORD.table, RECORD.key)!);
  const store = (kv: Kv, bytes: Uint8Array): Promise<void> => kv.commit((writer) => writer.put(RECORD.table, RECORD.key, bytes));

  it('is one, whoever asks first', async () => {
    const kv = memoryKv();
    const keyrings = await Promise.all(Array.from({ length: 5 }, () => keyringOf(kv, key(1))));
    const box = keyrings[0]!.seal(place, secretOf(9));
    for (const keyring of keyrings) expect(tagOf(keyring.open(place, box))).toBe('open');
  });

  it('is NaCl’s secretbox of the key, under HKDF of what unlocks it, its use and its parameters', async () => {
    const kv = memoryKv();
    let drawn = 0;
    const rng = (length: number): Uint8Array => new Uint8Array(length).fill(++drawn);
    right(await openKeyring({ kv, unlock: key(5) }, rng)());
    const { lock } = right(decodeCanonical(stored(kv))) as { lock: { box: string } };
    const parameters = encodeCanonical({ by: 'key' });
    const info = lengthPrefixed(utf8ToBytes('Vouchsafe-v1-key-wrap'), utf8ToBytes('store'), parameters);
    const wrapping = new Uint8Array(hkdfSync('sha512', new Uint8Array(32).fill(5), new Uint8Array(0), info, 32));
    const box = hexToBytes(lock.box);
    expect(nacl.secretbox.open(box.subarray(25), box.subarray(1, 25), wrapping)).toEqual(new Uint8Array(32).fill(1));
  });

  it('states the parameters of scrypt, which nobody can change', async () => {
    const kv = memoryKv();
    await keyringOf(kv, passphrase);
    const document = right(decodeCanonical(stored(kv))) as {
      version: 1;
      lock: { by: string; logN: number; r: number; p: number; salt: string };
    };
    expect(document.lock).toMatchObject({ by: 'passphrase', logN: 17, r: 8, p: 1 });
    const changed = async (lock: object): Promise<string> => {
      await store(kv, encodeCanonical({ ...document, lock: { ...document.lock, ...lock } }));
      return tagOf(await openKeyring({ kv, unlock: passphrase })());
    };
    // Weaker ones than were ever written, or more memory than there is, are not even tried.
    for (const lock of [{ logN: 10 }, { logN: 21 }, { logN: 60 }, { r: 1 }, { p: 5 }, { p: 0 }, { salt: '00' }, { more: 1 }])
      expect(await changed(lock)).toBe('KeyRecordDamaged');
    expect(await changed({ p: 2 })).toBe('WrongKey');
    expect(await changed({ salt: '00'.repeat(32) })).toBe('WrongKey');
    expect(await changed({})).toBe('open');
  });

  it('is refused when it is anything else, without a throw', async () => {
    const kv = memoryKv();
    await keyringOf(kv, key(1));
    const good = stored(kv);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc
            .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
            .map(([at, by]) => good.map((byte, i) => (i === at ? byte ^ by : byte))),
        ),
        async (bytes) => {
          await store(kv, bytes);
          expect(['KeyRecordDamaged', 'WrongKey']).toContain(tagOf(await openKeyring({ kv, unlock: key(1) })()));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wants a long passphrase when it is chosen, and takes it in any Unicode form', async () => {
    const kv = memoryKv();
    expect(tagOf(await openKeyring({ kv, unlock: { passphrase: 'elevenchars' } })())).toBe('WeakPassphrase');
    expect(stored(kv)).toBeUndefined();
    await keyringOf(kv, { passphrase: 'Schl\u00fcssel im Bund' });
    await keyringOf(kv, { passphrase: 'Schlu\u0308ssel im Bund' });
    expect(
      tagOf(await relockKeyring({ kv, from: { passphrase: 'Schl\u00fcssel im Bund' }, to: { passphrase: 'short' } })()),
    ).toBe('WeakPassphrase');
    expect(tagOf(await relockKeyring({ kv: memoryKv(), from: passphrase, to: key(1) })())).toBe('KeyRecordMissing');
  });

  it('says that a key service failed, and nothing of what it said', async () => {
    const kv = memoryKv();
    const failing: Unlock = {
      service: { wrap: () => Promise.reject(new Error('token 123')), unwrap: () => Promise.reject(new Error('token 123')) },
    };
    const result = await openKeyring({ kv, unlock: failing })();
    expect(result).toMatchObject({ left: { _tag: 'KeyServiceFailed' } });
    expect(JSON.stringify(result)).not.toContain('123');
    await keyringOf(kv, service(1));
    expect(tagOf(await openKeyring({ kv, unlock: failing })())).toBe('KeyServiceFailed');
    const short: Unlock = { service: { ...service(1).service, unwrap: async () => new Uint8Array(31) } };
    expect(tagOf(await openKeyring({ kv, unlock: short })())).toBe('WrongKey');
  });

  it('does not contain the key, and the key service’s copy is overwritten', async () => {
    const kv = memoryKv();
    let seen: Uint8Array = new Uint8Array(0);
    let given = '';
    const watching: Unlock = {
      service: {
        wrap: async (bytes) => {
          seen = bytes;
          given = bytesToHex(bytes);
          return Uint8Array.of(1);
        },
        unwrap: async () => hexToBytes(given),
      },
    };
    await keyringOf(kv, watching);
    expect(given).toHaveLength(64);
    expect(seen).toEqual(new Uint8Array(32));
    expect(bytesToHex(stored(kv))).not.toContain(given);
    expect(Buffer.from(stored(kv)).toString('latin1')).not.toContain(given);
  });

  it('takes a key of 32 bytes only, as a bug of the caller', async () => {
    await expect(openKeyring({ kv: memoryKv(), unlock: { key: secretOf(1, 31) } })()).rejects.toThrow(RangeError);
  });
});
