import type { BadCatalogue, BadShape, StoreFault } from '@vouchsafe/core';
import type { BadFederation, BadSuccession, FederationNotSigned, NotThisMember } from '@vouchsafe/protocol';

/** This bureau is not in the federation document. */
export interface NotAMember {
  readonly _tag: 'NotAMember';
  readonly message: string;
}

/** Why an SDK does not start: a document, a key or the store is at fault. Each member says what to do. */
export type CannotOpen =
  | BadShape
  | BadCatalogue
  | BadFederation
  | BadSuccession
  | FederationNotSigned
  | NotAMember
  | NotThisMember
  | StoreFault;
