export { CONSENT_CLOCK_SECONDS, type Consent, type ConsentRefused, checkConsent } from './check.ts';
export {
  type BadConsent,
  type BadConsentRequest,
  type ConsentElsewhere,
  type ConsentExpired,
  type ConsentForged,
  type ConsentForOther,
  type ConsentFromStranger,
  type ConsentMissing,
  type ConsentNotYetValid,
  consentMissing,
  type NotThisSubject,
  type RequestForged,
} from './errors.ts';
export {
  type CannotIssue,
  createIssuer,
  type IssueRequest,
  type Issuer,
  type IssuerOptions,
  type NotAnIssuer,
  type Shown,
} from './issuer.ts';
export { ConsentReceipt, decodeConsent, encodeConsent, MAX_CONSENT_BYTES } from './receipt.ts';
export { type ConsentRequest, makeConsentRequest, openConsentRequest } from './request.ts';
export { proveSubject, type SubjectStatement, verifySubject } from './subject-proof.ts';
export { ConsentAsked, ConsentTerms, consentId } from './terms.ts';
