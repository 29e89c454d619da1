import { csprng, domain, E, type Rng, type Secret } from '@vouchsafe/core';
import { type ElementBytes, type Elements, GENERATOR, type Group, type ScalarBytes } from '@vouchsafe/group';
import { type BureauContext, hashSubjects } from '@vouchsafe/join';
import { type DleqStatement, generateProof, verifyProof } from '@vouchsafe/oprf';

/**
 * "There is one kB with KB = kB·G and U = kB·Hash(x)" (protocols §5), as a DLEQ proof (RFC 9497 §2.2) under a context of its own: a proof made for the VOPRF never passes here, nor the other
 * way round. Federation, scheme, epoch and identifier are in Hash(x), which is in the challenge, and so are KB and U.
 */
const statementOf = async (
  { context, id, joinKey, subject }: SubjectStatement<ElementBytes>,
  group: Group,
): Promise<DleqStatement> => ({
  context: domain('consentProof'),
  A: GENERATOR,
  B: joinKey,
  C: await hashSubjects({ context, ids: [id] }, group),
  D: subject,
});

/** Who is asked about, as issuer and bureau see it. */
export interface SubjectStatement<Point> {
  readonly context: BureauContext;
  /** Canonical identifier. */
  readonly id: Uint8Array;
  /** KB, 32 bytes. */
  readonly joinKey: Point;
  /** U, 32 bytes. */
  readonly subject: Point;
}

/**
 * The bureau's proof that U is this person's. Whoever sees it can check it for a guessed person: it goes to the issuer only, who knows the person anyway.
 * @returns 64 bytes
 */
export const proveSubject = async (
  statement: SubjectStatement<ElementBytes> & { readonly joinScalar: Secret },
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> =>
  generateProof(statement.joinScalar.reveal() as ScalarBytes, await statementOf(statement, group), group, rng);

/** The issuer's check. Key and pseudonym come straight from outside. */
export const verifySubject = async (
  statement: SubjectStatement<Uint8Array> & { readonly proof: Uint8Array },
  group: Group,
): Promise<boolean> => {
  const received: Elements[] = [];
  for (const encoding of [statement.joinKey, statement.subject]) {
    const element = await group.receive(encoding);
    if (E.isLeft(element) || encoding.length !== GENERATOR.length) return false;
    received.push(element.right);
  }
  const [joinKey, subject] = received;
  const checked = await statementOf({ ...statement, joinKey: joinKey!, subject: subject! }, group);
  return verifyProof(statement.proof, checked, group);
};
