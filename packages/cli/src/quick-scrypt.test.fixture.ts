import type * as Crypto from 'node:crypto';

/** A passphrase takes half a second to stretch, on purpose, and a hundred commands are called by a page: let it take no time. That it takes its time elsewhere is tested in core. */
export const quickScrypt = (crypto: typeof Crypto): typeof Crypto => {
  const scrypt: typeof Crypto.scrypt = ((
    typed: Crypto.BinaryLike,
    salt: Crypto.BinaryLike,
    length: number,
    _: object,
    done: () => void,
  ) => crypto.scrypt(typed, salt, length, { N: 16 }, done)) as typeof Crypto.scrypt;
  return { ...crypto, scrypt };
};

/** The same for a program of its own: a module for `node --import`. */
export const QUICK_SCRYPT_MODULE: string = `data:text/javascript,${encodeURIComponent(`
  import crypto from 'node:crypto';
  import { syncBuiltinESMExports } from 'node:module';
  const { scrypt } = crypto;
  crypto.scrypt = (typed, salt, length, _, done) => scrypt(typed, salt, length, { N: 16 }, done);
  syncBuiltinESMExports();
`)}`;
