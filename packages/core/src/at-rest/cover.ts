import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { concatBytes, utf8ToBytes } from '../bytes.ts';
import type { SpillCover } from '../kv-spill.ts';
import { csprng, type Rng } from '../rng.ts';
import type { Secret } from '../secret.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts the pieces of a spill: AES-256-GCM (NIST SP 800-38D) under random nonces, with the piece's name as associated data, so that pieces cannot change places. For many megabytes at a time, where a
 * keyring's own boxes would take longer than the work itself. One key is for at most 2^32 pieces (SP 800-38D §8.3); a spill has thousands.
 * @param key 32 bytes
 */
export const createCover = (key: Secret, rng: Rng = csprng): SpillCover => {
  // Imported once: Node 24 takes longer to import a key than to encrypt a piece.
  let imported: KeyObject | undefined;
  const own = (): KeyObject => (imported ??= createSecretKey(key.reveal()));
  return {
    seal: (name, piece) => {
      const nonce = rng(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', own(), nonce);
      cipher.setAAD(utf8ToBytes(name));
      return concatBytes(nonce, cipher.update(piece), cipher.final(), cipher.getAuthTag());
    },
    open: (name, sealed) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', own(), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(utf8ToBytes(name));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return concatBytes(decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final());
      } catch {
        throw new Error('a piece of the store does not open: it was changed, or put there from somewhere else');
      }
    },
  };
};
