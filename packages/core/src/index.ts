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
export {
  type BadShape,
  bytes,
  bytesUpTo,
  type Codec,
  decodeShape,
  list,
  type OptionalCodecs,
  type OptionalKeys,
  type RequiredCodecs,
  record,
  type ShapeFault,
  shapeFaults,
  text,
  whole,
} from './decode.ts';
export { DOMAIN_USES, type DomainUse, domain } from './domain.ts';
export {
  canVerify,
  createSigner,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  type Signed,
  type Signer,
  verifySignature,
} from './ed25519.ts';
export { E, type Either, flow, identity, pipe, RA, type TaskEither, TE } from './fp.ts';
export { giveBack } from './give-back.ts';
export { createInFlight, type InFlight } from './in-flight.ts';
export {
  type Kv,
  type KvEntry,
  KvFailure,
  type KvRange,
  type KvReader,
  type KvWriter,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  type StoreFault,
  withStore,
} from './kv.ts';
export type { KvEngine, KvMutableState, KvPage, KvState } from './kv-engine.ts';
export { type KeyPart, kvKey, kvPrefix } from './kv-key.ts';
export { kvOver } from './kv-over.ts';
export { createSpill, type Spill, type SpillCount, type SpillCover, type SpillRows } from './kv-spill.ts';
export { memoryKv } from './memory-kv.ts';
export { createMerkleRoot, leafHash, type MerkleRoot, type MerkleState, nodeHash } from './merkle.ts';
export { createPace, type Pace } from './pace.ts';
export { type Aborted, aborted, type Progress, type Watch } from './progress.ts';
export {
  addRational,
  type BadRational,
  compareRational,
  DecimalRational,
  divideRational,
  isWritable,
  multiplyRational,
  parseRational,
  type Rational,
  rational,
  subtractRational,
  toNumber,
  WireRational,
  writableBelow,
} from './rational.ts';
export { csprng, type Rng } from './rng.ts';
export { Secret } from './secret.ts';
export { createSerially } from './serially.ts';
export { readStored, writeStored } from './stored.ts';
export { wipeRange } from './wipe-range.ts';
export { type BadPublicKey, sharedSecret, X25519_BYTES, x25519PublicKey } from './x25519.ts';
