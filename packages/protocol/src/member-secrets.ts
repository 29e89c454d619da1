import { bytesToHex, createSigner, E, type Either, hexToBytes, Secret, type Signer, x25519PublicKey } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import type { Member, RosterEntry } from './federation.ts';

/** The secrets do not belong to the member that the federation document names. */
export interface NotThisMember {
  readonly _tag: 'NotThisMember';
  readonly message: string;
}

/** The member's signer, when the seed belongs to the member's key of the document: with a former key alone it would be cut off soon. */
export const signerOf = ({ signSeed }: Pick<MemberSecrets, 'signSeed'>, member: Member): Either<NotThisMember, Signer> => {
  const signer = createSigner(signSeed);
  return bytesToHex(signer.publicKey) === member.signKey
    ? E.right(signer)
    : E.left(notThisMember(`the signing key is not the signKey of "${member.id}" in the federation document`));
};

/**
 * The X25519 secret whose public key stands in an epoch's roster for this holder.
 * @param boxSecrets the present one, and former ones as long as a live epoch's roster names their public keys
 */
export const boxSecretOf = (boxSecrets: readonly Secret[], entry: RosterEntry): Either<NotThisMember, Secret> => {
  const own = boxSecrets.find((secret) => bytesToHex(x25519PublicKey(secret)) === entry.boxKey);
  return own
    ? E.right(own)
    : E.left(notThisMember(`no X25519 secret of "${entry.holder}" is here whose public key stands in the epoch’s roster`));
};

/** A member's secrets as hexadecimal text, e.g. from a secret manager. */
export const memberSecretsFromHex = (given: {
  readonly signSeed: string;
  readonly boxSecret: string;
}): Either<NotThisMember, MemberSecrets> => {
  if (![given.signSeed, given.boxSecret].every((text) => /^[0-9a-f]{64}$/i.test(text)))
    return E.left(notThisMember('signSeed and boxSecret are 64 hexadecimal digits each'));
  return E.right({
    signSeed: new Secret(hexToBytes(given.signSeed)),
    boxSecret: new Secret(hexToBytes(given.boxSecret)),
  });
};

const notThisMember = (message: string): NotThisMember => ({ _tag: 'NotThisMember', message });
