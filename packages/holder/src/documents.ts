import type { StatementNotSigned } from '@vouchsafe/audit/statement';
import { type BadCatalogue, type BadShape, E, type Either, hexToBytes, type Secret, type Signer } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { Scheme } from '@vouchsafe/identity';
import { type LowOrderKey, type MaskSecret, maskSecrets } from '@vouchsafe/join';
import {
  type BadFederation,
  boxSecretOf,
  type Epoch,
  type Federation,
  type FederationNotSigned,
  type Member,
  memberOf,
  type NotThisMember,
  openFederation,
  rosterOf,
  signerOf,
} from '@vouchsafe/protocol';
import type { Policy } from './policy.ts';
import { type BadPolicy, readPolicy } from './read-policy.ts';
import { earnedPolicy, readStatements } from './reciprocity.ts';
import type { LogIdentity } from './store/index.ts';

/** The documents that say what a holder does. */
export interface Documents {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** What is answered, to whom; checked here. */
  readonly policy: unknown;
  /** Signed statements of what lenders contributed; checked here. */
  readonly statements?: readonly unknown[] | undefined;
}

/** Who a holder is, whatever the documents say. */
export interface Self {
  readonly id: string;
  readonly auditorKey: string;
  readonly secrets: MemberSecrets;
  readonly formerBoxSecrets?: readonly Secret[] | undefined;
  readonly clock?: (() => number) | undefined;
}

/** The documents, checked, and this holder's place in them. */
export interface CheckedDocuments {
  readonly federation: Federation;
  readonly policy: Policy;
  readonly member: Member;
  readonly signer: Signer;
  /** The live epochs in whose roster this holder is, in rising order, with the secrets of their masks. */
  readonly epochs: readonly { readonly epoch: Epoch; readonly masks: readonly MaskSecret[] }[];
}

/** The holder's name or schemes do not fit the federation document. */
export interface NotThisHolder {
  readonly _tag: 'NotThisHolder';
  readonly message: string;
}

/** Why a holder does not start with these documents: each member says which one is at fault and what to do. */
export type BadDocuments =
  | BadShape
  | BadCatalogue
  | BadFederation
  | FederationNotSigned
  | BadPolicy
  | StatementNotSigned
  | LowOrderKey
  | NotThisHolder
  | NotThisMember;

/** Checks the documents against each other and against the keys that this holder has. */
export const checkDocuments = (documents: Documents, self: Self): Either<BadDocuments, CheckedDocuments> => {
  const opened = openFederation(documents.federation, self.auditorKey);
  if (E.isLeft(opened)) return opened;
  const federation = opened.right;
  const policy = readPolicy(documents.policy, federation.catalogue);
  if (E.isLeft(policy)) return policy;
  const statements = readStatements(documents.statements ?? [], { federation, auditorKey: self.auditorKey });
  if (E.isLeft(statements)) return statements;
  const now = Math.floor((self.clock ?? Date.now)() / 1000);
  const earned = earnedPolicy(policy.right, { statements: statements.right, now });
  const foreign = federation.schemes.find((scheme) => E.isLeft(Scheme.decode(scheme)));
  if (foreign !== undefined) return E.left(notThisHolder(`this version knows no identifier scheme "${foreign}"`));
  const member = memberOf(federation, self.id, 'holder');
  const own = federation.epochs.filter(({ roster }) => roster.some(({ holder }) => holder === self.id));
  if (!member || own.length === 0)
    return E.left(notThisHolder('the federation document has no holder of that id in the roster of a live epoch'));
  const signer = signerOf(self.secrets, member);
  if (E.isLeft(signer)) return signer;
  const epochs: { readonly epoch: Epoch; readonly masks: readonly MaskSecret[] }[] = [];
  for (const epoch of own) {
    const masks = masksIn(federation, epoch, self);
    if (E.isLeft(masks)) return masks;
    epochs.push({ epoch, masks: masks.right });
  }
  return E.right({ federation, policy: earned, member, signer: signer.right, epochs });
};

/** Whose log this holder keeps, the key that signs it, and those that did: what they signed stands in the log, also when their time is over. */
export const logOf = (
  { federation, member, signer }: Pick<CheckedDocuments, 'federation' | 'member' | 'signer'>,
  id: string,
): LogIdentity => ({
  origin: `${federation.id}/${id}`,
  signer,
  formerKeys: (member.formerKeys ?? []).map(({ signKey }) => hexToBytes(signKey)),
});

const masksIn = (
  federation: Federation,
  epoch: Epoch,
  { id, secrets, formerBoxSecrets = [] }: Self,
): Either<NotThisMember | LowOrderKey, readonly MaskSecret[]> => {
  const entry = epoch.roster.find(({ holder }) => holder === id)!;
  const boxSecret = boxSecretOf([secrets.boxSecret, ...formerBoxSecrets], entry);
  if (E.isLeft(boxSecret)) return boxSecret;
  return maskSecrets(
    { holder: id, boxSecret: boxSecret.right },
    rosterOf(federation, epoch).filter(({ holder }) => holder !== id),
  );
};

const notThisHolder = (message: string): NotThisHolder => ({ _tag: 'NotThisHolder', message });
