import { text } from '@vouchsafe/core';
import type * as t from 'io-ts';

// Fields that the configurations of members share.

/** A path, from the configuration's folder. */
export const Path: t.Type<string, unknown, unknown> = text('a path', /^[^\0]{1,4096}$/);

/** The auditor's public key, as long as it is known. */
export const AuditorKey: t.Type<string, unknown, unknown> = text(
  'a public key of 64 hexadecimal digits, or "" as long as it is not known',
  /^([0-9a-fA-F]{64})?$/,
);
