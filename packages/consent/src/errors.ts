/** Bytes that are no consent receipt, or one of another version. */
export interface BadConsent {
  readonly _tag: 'BadConsent';
  readonly message: string;
}

export const badConsent = (why: string): BadConsent => ({ _tag: 'BadConsent', message: `not a consent receipt: ${why}` });

/** The query needs the subject's consent and brings none. */
export interface ConsentMissing {
  readonly _tag: 'ConsentMissing';
  readonly message: string;
}

/** The fault of a query that came without a receipt. @param issuers those whom the holder trusts, by name */
export const consentMissing = (issuers: readonly string[]): ConsentMissing => ({
  _tag: 'ConsentMissing',
  message: `this query needs a consent receipt from one of: ${issuers.join(', ')}`,
});

/** The receipt names an issuer that this holder does not trust, or that the federation does not have. */
export interface ConsentFromStranger {
  readonly _tag: 'ConsentFromStranger';
  readonly message: string;
}

export const consentFromStranger = (issuers: readonly string[]): ConsentFromStranger => ({
  _tag: 'ConsentFromStranger',
  message: `the consent receipt is from an issuer that is not trusted here; trusted are: ${issuers.join(', ') || 'none'}`,
});

/** The issuer did not sign this receipt, or something in it was changed since. */
export interface ConsentForged {
  readonly _tag: 'ConsentForged';
  readonly message: string;
}

export const consentForged: ConsentForged = {
  _tag: 'ConsentForged',
  message: 'the signature of the consent receipt is not that of the issuer it names: ask for consent again',
};

/** The receipt's time is over. */
export interface ConsentExpired {
  readonly _tag: 'ConsentExpired';
  readonly message: string;
}

export const consentExpired: ConsentExpired = {
  _tag: 'ConsentExpired',
  message: 'the consent receipt has expired: ask for consent again',
};

/** The receipt's time has not begun. */
export interface ConsentNotYetValid {
  readonly _tag: 'ConsentNotYetValid';
  readonly message: string;
}

export const consentNotYetValid: ConsentNotYetValid = {
  _tag: 'ConsentNotYetValid',
  message: 'the consent receipt is not valid yet: wait, or compare the clocks',
};

/** The person agreed to something else. `what` is the part that differs; its values are in neither the message nor the error. */
export interface ConsentForOther<What extends string> {
  readonly _tag: `ConsentForOther${What}`;
  readonly message: string;
}

/** The receipt is for another purpose, other columns, another person, or another bureau or key of it. */
export type ConsentElsewhere =
  | ConsentForOther<'Purpose'>
  | ConsentForOther<'Columns'>
  | ConsentForOther<'Subject'>
  | ConsentForOther<'BureauKey'>
  | ConsentForOther<'Bureau'>;

const otherwise = <What extends string>(what: What, words: string): ConsentForOther<What> => ({
  _tag: `ConsentForOther${what}`,
  message: `the consent receipt is ${words}: ask for consent to this very query`,
});

export const forOtherPurpose: ConsentForOther<'Purpose'> = otherwise('Purpose', 'for another purpose than the query states');
export const forOtherColumns: ConsentForOther<'Columns'> = otherwise('Columns', 'not for all columns that the query asks for');
export const forOtherSubject: ConsentForOther<'Subject'> = otherwise('Subject', 'about another subject');
export const forOtherBureauKey: ConsentForOther<'BureauKey'> = otherwise(
  'BureauKey',
  'for another join key of the bureau, e.g. that of another epoch or scheme',
);
export const forOtherBureau: ConsentForOther<'Bureau'> = otherwise('Bureau', 'for another bureau, federation, scheme or epoch');

/** What a bureau sent to an issuer is no request for consent, or not one that the issuer may grant. */
export interface BadConsentRequest {
  readonly _tag: 'BadConsentRequest';
  readonly message: string;
}

export const badRequest = (why: string): BadConsentRequest => ({
  _tag: 'BadConsentRequest',
  message: `not a request for consent that can be granted: ${why}`,
});

/** The bureau that the request names did not sign it. */
export interface RequestForged {
  readonly _tag: 'RequestForged';
  readonly message: string;
}

export const requestForged: RequestForged = {
  _tag: 'RequestForged',
  message: 'the request for consent is not signed by the bureau that it names: grant nothing',
};

/** The bureau's proof does not show that the request is about the person who agrees. */
export interface NotThisSubject {
  readonly _tag: 'NotThisSubject';
  readonly message: string;
}

export const notThisSubject: NotThisSubject = {
  _tag: 'NotThisSubject',
  message: 'the bureau has not proven that its request is about this person: grant nothing',
};
