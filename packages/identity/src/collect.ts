import { E } from '@vouchsafe/core';
import { canonicalIdentifier, type Identifier, type IdentifierRules, type RawIdentifier } from './canonical-identifier.ts';
import { type BadIdentifier, REASONS, type Reason } from './errors.ts';

/** Rows sorted into usable and rejected ones. Row numbers are places in the input, from 0. */
export interface CollectedIdentifiers {
  /** In the order of the rows; a person with two rows is here twice. */
  readonly identifiers: readonly { readonly row: number; readonly identifier: Identifier }[];
  readonly rejected: readonly { readonly row: number; readonly error: BadIdentifier }[];
  /** How many rows were rejected for each reason, zeros included. */
  readonly counts: Readonly<Record<Reason, number>>;
}

/** The identifiers of many rows. A bad row is set aside with its number and the reason, and the others go on. */
export const collectIdentifiers = (input: IdentifierRules & { readonly rows: Iterable<RawIdentifier> }): CollectedIdentifiers => {
  const identifiers: { row: number; identifier: Identifier }[] = [];
  const rejected: { row: number; error: BadIdentifier }[] = [];
  const counts = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<Reason, number>;
  let row = 0;
  for (const raw of input.rows) {
    const result = canonicalIdentifier({ ...input, raw });
    if (E.isRight(result)) identifiers.push({ row, identifier: result.right });
    else {
      rejected.push({ row, error: result.left });
      counts[result.left.reason] += 1;
    }
    row += 1;
  }
  return { identifiers, rejected, counts };
};
