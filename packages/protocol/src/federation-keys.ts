import { hexToBytes } from '@vouchsafe/core';
import type { Federation } from './federation.ts';
import type { KeysOf, MemberKey } from './signatures/keys.ts';

/**
 * Finds the member of a key among those that the document lets sign now: present keys, and former ones until their time is over.
 * @param now milliseconds since 1970
 */
export const federationKeys = ({ members }: Federation, now: () => number): KeysOf => {
  const keys = new Map<string, MemberKey & { readonly until: number }>();
  for (const { id, signKey, formerKeys = [] } of members)
    for (const { signKey: hex, until } of [{ signKey, until: Number.POSITIVE_INFINITY }, ...formerKeys])
      keys.set(hex, { member: id, publicKey: hexToBytes(hex), until });
  return (keyid) => {
    const key = keys.get(keyid);
    return key && now() < key.until * 1000 ? key : undefined;
  };
};
