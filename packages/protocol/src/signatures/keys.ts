import { bytesToHex } from '@vouchsafe/core';

/** Whose key it is. */
export interface MemberKey {
  readonly member: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Finds the key of a keyid among those that are valid now. A member has two for a while when it changes its key. */
export type KeysOf = (keyid: string) => MemberKey | undefined;

/** The keyid of a public key: the key itself, 64 hexadecimal digits. There is nothing to hand out, and it cannot name another key. */
export const keyIdOf = (publicKey: Uint8Array): string => bytesToHex(publicKey);

/** {@link KeysOf} over a fixed list. @throws RangeError when two members have the same key: one would be taken for the other */
export const keysOfMembers = (keys: Iterable<MemberKey>): KeysOf => {
  const byId = new Map<string, MemberKey>();
  for (const key of keys) {
    const id = keyIdOf(key.publicKey);
    const other = byId.get(id);
    if (other && other.member !== key.member) throw new RangeError('two members have the same key');
    byId.set(id, key);
  }
  return (keyid) => byId.get(keyid);
};
