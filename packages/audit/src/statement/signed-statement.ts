import {
  type BadShape,
  bytesToHex,
  concatBytes,
  decodeShape,
  domain,
  E,
  type Either,
  encodeCanonical,
  hexToBytes,
  record,
  type Signer,
  text,
  verifySignature,
} from '@vouchsafe/core';
import type * as t from 'io-ts';
import { Statement } from './statement.ts';

/** A statement with the signature of the auditor, who has checked log and counter-signatures: a document that a third party can rely on. */
export interface SignedStatement {
  readonly statement: Statement;
  /** Ed25519, 128 hexadecimal digits. */
  readonly signature: string;
}

const SignedStatement: t.Type<SignedStatement, unknown, unknown> = record<SignedStatement>(
  'SignedStatement',
  { statement: Statement, signature: text('a signature of 128 hexadecimal digits', /^[0-9a-f]{128}$/) },
  {},
);

/** The statement is not signed by the auditor. */
export interface StatementNotSigned {
  readonly _tag: 'StatementNotSigned';
  readonly message: string;
}

const signedPart = (statement: Statement): Uint8Array =>
  concatBytes(domain('statement'), encodeCanonical(Statement.encode(statement)));

/** @returns fit for JSON */
export const signStatement = (
  statement: Statement,
  auditor: Signer,
): { readonly statement: unknown; readonly signature: string } => ({
  statement: Statement.encode(statement),
  signature: bytesToHex(auditor.sign(signedPart(statement))),
});

/** Reads a signed statement, parsed. @param auditorKeys the auditor's keys */
export const openStatement = (
  value: unknown,
  auditorKeys: readonly Uint8Array[],
): Either<BadShape | StatementNotSigned, Statement> => {
  const signed = decodeShape(SignedStatement, value);
  if (E.isLeft(signed)) return signed;
  const { statement, signature } = signed.right;
  const message = signedPart(statement);
  return auditorKeys.some((publicKey) => verifySignature({ publicKey, message, signature: hexToBytes(signature) }))
    ? E.right(statement)
    : E.left({ _tag: 'StatementNotSigned', message: 'the statement is not signed by the auditor, or was changed since' });
};
