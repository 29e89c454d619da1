/** There is no signature of ours on the message, or not in the one form in which it is written. Nothing was verified. */
export interface Unsigned {
  readonly _tag: 'Unsigned';
  readonly message: string;
}

/** The keyid is of no key that is valid here now. */
export interface UnknownKey {
  readonly _tag: 'UnknownKey';
  readonly message: string;
}

/** The signature does not fit the message. */
export interface BadSignature {
  readonly _tag: 'BadSignature';
  readonly message: string;
}

/** Signed too long ago, or in the future, or for longer than is allowed. */
export interface SignatureExpired {
  readonly _tag: 'SignatureExpired';
  readonly message: string;
  /** The sender's clock minus the receiver's when the request came in, in seconds: what was on the way counts as slowness. */
  readonly skewSeconds: number;
}

/** A good signature, of a request to somebody else. */
export interface WrongAddressee {
  readonly _tag: 'WrongAddressee';
  readonly message: string;
}

/** The body is not the one that was signed. */
export interface DigestMismatch {
  readonly _tag: 'DigestMismatch';
  readonly message: string;
}

/** This very request was answered before. */
export interface Replayed {
  readonly _tag: 'Replayed';
  readonly message: string;
}

export const unsigned = (what: string): Unsigned => ({ _tag: 'Unsigned', message: `no signature that can be verified: ${what}` });

/** Every difference between the two sides' pictures of one request ends here (RFC 9421 §7.4.1), so the message lists what to look at. */
export const badRequestSignature: BadSignature = {
  _tag: 'BadSignature',
  message:
    'the signature does not fit the request: method, host, path, query, digest or signature were changed on the way (a proxy that rewrites paths?), or the sender’s url of this holder is not the one in this holder’s federation document',
};
export const badResponseSignature: BadSignature = {
  _tag: 'BadSignature',
  message:
    'the signature does not fit: the response was changed on the way, or it answers another request; nothing of it was used',
};

export const unknownKey: UnknownKey = {
  _tag: 'UnknownKey',
  message:
    'signed with a key that is of no member now: compare the two sides’ federation documents, and which of the member’s keys is in use',
};
export const otherSigner: UnknownKey = {
  _tag: 'UnknownKey',
  message:
    'the response is not signed with a key of the holder that was asked: compare its url and keys in the federation document',
};

export const wrongAddressee: WrongAddressee = {
  _tag: 'WrongAddressee',
  message:
    'the request was signed for another address than this holder’s: compare the url of this holder in both sides’ federation documents',
};

export const digestMismatch: DigestMismatch = {
  _tag: 'DigestMismatch',
  message:
    'the body is not the one that was signed: it was cut off or changed on the way; a proxy in between must not compress or rewrite bodies',
};

/** For whoever keeps the nonces. */
export const replayed: Replayed = {
  _tag: 'Replayed',
  message: 'this very request was received before: sign a new one, with a new nonce, to ask again',
};
