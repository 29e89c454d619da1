export { type ExpandAnswer, RFC9380_DST, RFC9380_EXPAND_SHA512 } from './known-answers-rfc9380.ts';
export { RFC9496_INVALID, RFC9496_MULTIPLES, RFC9496_ONE_WAY_MAP } from './known-answers-rfc9496.ts';
export { type OprfAnswer, type OprfAnswers, RFC9497_OPRF, RFC9497_VOPRF } from './known-answers-rfc9497.ts';
export { scriptedRng, seededRng } from './scripted-rng.ts';
