export {
  bytesToHex,
  compareBytes,
  compareRows,
  concatBytes,
  equalBytes,
  firstDisorder,
  hexToBytes,
  i2osp,
  lengthPrefixed,
  rowOf,
  utf8ToBytes,
} from './bytes.ts';
export { type BadEncoding, decodeCanonical, encodeCanonical } from './canonical.ts';
export {
  type AmountColumn,
  type BadCatalogue,
  type BucketColumn,
  Catalogue,
  Column,
  type CountColumn,
  checkCatalogue,
  columnNamed,
  type FlagColumn,
  MAX_COHORT,
  MAX_SLOT_VALUE,
  MAX_TOTAL,
  PRESENT,
  type Slot,
  slotsOf,
  type UnknownColumn,
} from './catalogue.ts';
export { type BadShape, bytes, decodeShape, list, record, text, whole } from './decode.ts';
export { type DomainUse, domain } from './domain.ts';
export { createSigner, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Signer, verifySignature } from './ed25519.ts';
export { E, type Either, flow, identity, pipe, RA, type TaskEither, TE } from './fp.ts';
export type { Kv, KvEntry, KvRange, KvReader, KvWriter } from './kv.ts';
export { createMerkleRoot, leafHash, type MerkleRoot, nodeHash } from './merkle.ts';
export { createPace, type Pace } from './pace.ts';
export { type Aborted, aborted, type Progress, type Watch } from './progress.ts';
export {
  addRational,
  type BadRational,
  compareRational,
  DecimalRational,
  divideRational,
  multiplyRational,
  parseRational,
  type Rational,
  rational,
  subtractRational,
  toNumber,
  WireRational,
} from './rational.ts';
export { csprng, type Rng } from './rng.ts';
export { Secret } from './secret.ts';
