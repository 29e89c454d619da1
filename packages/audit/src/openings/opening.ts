import {
  bytes,
  bytesUpTo,
  decodeCanonical,
  decodeShape,
  E,
  type Either,
  encodeCanonical,
  equalBytes,
  leafHash,
  list,
  record,
  whole,
} from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import { hashSubjects } from '@vouchsafe/join';
import { DESIGNATED_PROOF_BYTES, verifyDesignated } from '@vouchsafe/oprf';
import type * as t from 'io-ts';
import { MAX_PROOF_HASHES, verifyInclusion } from '../proofs.ts';
import { MAX_OPENED, type OpenedRequest } from './open-request.ts';

/** One subject of a query, as the bureau shows it. */
export interface OpenedSubject {
  /** Its place in the sorted cohort. */
  readonly position: number;
  /** The canonical identifier. */
  readonly id: Uint8Array;
  /** U, 32 bytes. */
  readonly pseudonym: Uint8Array;
  /** Its inclusion proof under the cohort's root in the leaf. */
  readonly path: readonly Uint8Array[];
  /** That U = kB·Hash(id) for the kB of KB, for the auditor's eyes: 128 bytes. */
  readonly proof: Uint8Array;
}

/**
 * What a bureau shows the auditor. Not signed, on purpose: a signature would convince everybody. It holds identifiers, so it travels encrypted.
 */
export interface Opening {
  readonly digest: Uint8Array;
  /** KB, 32 bytes. */
  readonly joinKey: Uint8Array;
  readonly subjects: readonly OpenedSubject[];
}

const Opening: t.Type<Opening, unknown, unknown> = record<Opening>(
  'Opening',
  {
    digest: bytes(64),
    joinKey: bytes(32),
    subjects: list(
      record<OpenedSubject>(
        'OpenedSubject',
        {
          position: whole(0, 1e9),
          id: bytesUpTo(512),
          pseudonym: bytes(32),
          path: list(bytes(32), MAX_PROOF_HASHES),
          proof: bytes(DESIGNATED_PROOF_BYTES),
        },
        {},
      ),
      MAX_OPENED,
    ),
  },
  {},
);

const MAX_OPENING_BYTES = 8 * 1024 * 1024;

/** The bureau's answer does not show what was asked. */
export interface BadOpening {
  readonly _tag: 'BadOpening';
  readonly message: string;
}

const badOpening = (why: string): BadOpening => ({ _tag: 'BadOpening', message: `the bureau did not open the query: ${why}` });

/** The bureau’s answer to a request to open a query, in canonical CBOR, as it travels. */
export const encodeOpening = (opening: Opening): Uint8Array => encodeCanonical(Opening.encode(opening));

/** A subject that was shown and proven. */
export interface ShownSubject {
  readonly position: number;
  /** The canonical identifier. */
  readonly id: Uint8Array;
}

/**
 * The auditor's check of a bureau's answer: each pseudonym stands in the logged cohort, and is that of the identifier shown under the key that the table was sealed with.
 * @param request the auditor's own, as `readOpenRequest` opened it
 * @returns the identifiers, in the order of the positions
 */
export const checkOpening = async (
  { received, request }: { readonly received: Uint8Array; readonly request: OpenedRequest },
  group: Group,
): Promise<Either<BadOpening, readonly ShownSubject[]>> => {
  if (received.length > MAX_OPENING_BYTES) return E.left(badOpening(`more than ${MAX_OPENING_BYTES} bytes`));
  const value = decodeCanonical(received);
  if (E.isLeft(value)) return E.left(badOpening(value.left.message));
  const opening = decodeShape(Opening, value.right);
  if (E.isLeft(opening)) return E.left(badOpening(opening.left.message));
  const { digest, joinKey, subjects } = opening.right;
  const { terms, verifier, binding } = request;
  if (!equalBytes(digest, terms.digest)) return E.left(badOpening('it is about another query'));
  if (!equalBytes(joinKey, terms.joinKey))
    return E.left(badOpening('its join key is not the one that the holder’s table is sealed with'));
  if (subjects.length !== terms.positions.length || subjects.some(({ position }, i) => position !== terms.positions[i]))
    return E.left(badOpening('it shows other subjects than were asked for'));
  const B = await group.receive(joinKey);
  if (E.isLeft(B)) return E.left(badOpening('the join key is no element of the group'));
  for (const { position, id, pseudonym, path: proof, proof: equality } of subjects) {
    const place = { index: position, size: terms.cohortSize, root: terms.cohortRoot };
    if (!verifyInclusion({ ...place, leafHash: leafHash(pseudonym), proof }))
      return E.left(badOpening(`the pseudonym at place ${position} is not in the logged cohort`));
    const D = await group.receive(pseudonym);
    if (E.isLeft(D)) return E.left(badOpening(`the pseudonym at place ${position} is no element of the group`));
    const C = await hashSubjects({ context: terms, ids: [id] }, group);
    const holds = await verifyDesignated(equality, { binding, B: B.right, C, D: D.right, verifier }, group);
    if (!holds) return E.left(badOpening(`the proof at place ${position} does not hold: it is not shown whose pseudonym it is`));
  }
  return E.right(subjects.map(({ position, id }) => ({ position, id })));
};
