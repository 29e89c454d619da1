import { concatBytes, i2osp, utf8ToBytes } from '@vouchsafe/core';

/** RFC 9497 §3: without a proof (mode 0x00), or verifiable (mode 0x01). */
export type Mode = 'OPRF' | 'VOPRF';

const MODE_BYTE: Readonly<Record<Mode, number>> = { OPRF: 0x00, VOPRF: 0x01 };

/** RFC 9497 §4.1: the one suite that we speak. */
export const SUITE = 'ristretto255-SHA512';

/** RFC 9497 §3.1 `CreateContextString`. */
export const contextString = (mode: Mode): Uint8Array =>
  concatBytes(utf8ToBytes('OPRFV1-'), i2osp(MODE_BYTE[mode], 1), utf8ToBytes(`-${SUITE}`));

/** What a domain separation tag is for: `<use>` ‖ context, the dash included where the RFC has one (`DeriveKeyPair` has none). */
export type TagUse = 'HashToGroup-' | 'HashToScalar-' | 'Seed-' | 'DeriveKeyPair';

/** The domain separation tag of one use within a context. */
export const tag = (use: TagUse, context: Uint8Array): Uint8Array => concatBytes(utf8ToBytes(use), context);
