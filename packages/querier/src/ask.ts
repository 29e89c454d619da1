import { setImmediate } from 'node:timers/promises';
import { cohortRoot, type QueryLeaf } from '@vouchsafe/audit';
import { type BadConsent, consentId, decodeConsent } from '@vouchsafe/consent';
import {
  bytesToHex,
  columnNamed,
  E,
  type Either,
  equalBytes,
  MAX_TOTAL,
  PRESENT,
  type Rational,
  type Slot,
  type UnknownColumn,
  type Watch,
} from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { collectIdentifiers, type RawIdentifier, Scheme } from '@vouchsafe/identity';
import { blindCohort, combine, type HolderAnswer, QueryTerms, queryDigest } from '@vouchsafe/join';
import { type BadPrice, costOf, type Noise, noisePlanOf, tailOf } from '@vouchsafe/privacy';
import { Answer, answerHash, FRAME_TYPE, ROUTES, readFrame, writeFrame } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import { type AskError, type HolderFault, holdersFailed, type NoSubjects, type NotSynced, type UnknownScheme } from './errors.ts';
import { type ColumnTotal, columnTotals } from './results.ts';
import type { SealedLink } from './seal-with.ts';
import { send, type Target } from './transport.ts';

/** A totals query, `aggregate` or `signal`. */
export interface Question {
  readonly kind: 'aggregate' | 'signal';
  readonly scheme: string;
  readonly purpose: string;
  readonly subjects: readonly RawIdentifier[];
  readonly columns: readonly string[];
  /** Zero for `signal`, and where `rho` states the price. */
  readonly epsilon: Rational;
  readonly rho?: Rational | undefined;
  readonly repeat: number;
  readonly consent?: Uint8Array | undefined;
}

/** Rows of the question that name nobody: place in the list from 0, and why; never what stood there. */
export interface Rejected {
  readonly row: number;
  readonly reason: string;
}

/** The totals over all holders of the roster. */
export interface Totals {
  /** The query's id: hexadecimal SHA-512 of everything that was asked. */
  readonly digest: string;
  readonly columns: readonly ColumnTotal[];
  /** Subjects that were asked about, each once. */
  readonly asked: number;
  readonly rejected: readonly Rejected[];
  /**
   * Holders that know too few of the cohort and added nothing (the same whether few or none): the totals are over the others. Suppressed is not zero.
   */
  readonly suppressed: readonly string[];
  /** Holders that answered. */
  readonly holders: readonly string[];
}

/** Subjects made canonical before the event loop has its turn. */
const TURN = 256;

/** Identifiers of the question in their canonical form, or nobody. */
export const subjectsOf = async (
  federation: { readonly schemes: readonly string[] },
  scheme: string,
  subjects: readonly RawIdentifier[],
): Promise<
  Either<
    UnknownScheme | NoSubjects,
    { readonly ids: readonly { readonly row: number; readonly id: Uint8Array }[]; readonly rejected: readonly Rejected[] }
  >
> => {
  const known = Scheme.decode(scheme);
  if (E.isLeft(known) || !federation.schemes.includes(scheme))
    return E.left({
      _tag: 'UnknownScheme',
      message: `the federation does not use this scheme; it uses: ${federation.schemes.join(', ')}`,
    });
  const ids: { readonly row: number; readonly id: Uint8Array }[] = [];
  const rejects: Rejected[] = [];
  for (let from = 0; from < subjects.length; from += TURN) {
    if (from > 0) await setImmediate();
    const { identifiers, rejected } = collectIdentifiers({ scheme: known.right, rows: subjects.slice(from, from + TURN) });
    for (const { row, identifier } of identifiers) ids.push({ row: from + row, id: identifier });
    for (const { row, error } of rejected) rejects.push({ row: from + row, reason: error.reason });
  }
  if (ids.length === 0)
    return E.left({
      _tag: 'NoSubjects',
      message: `none of the ${subjects.length} subjects has a usable identifier of scheme ${scheme}: ${summary(rejects)}`,
    });
  return E.right({ ids, rejected: rejects });
};

const summary = (rejected: readonly Rejected[]): string => {
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} × ${reason}`).join(', ') || 'the list is empty';
};

/** Asks one question of every holder of the roster and adds the answers up: subjects → cohort → the same terms to all → combine → figures. */
export const ask = async (context: QuerierContext, question: Question, watch: Watch): Promise<Either<AskError, Totals>> => {
  const { federation, roster, group, catalogue } = context;
  const { scheme, kind } = question;
  const subjects = await subjectsOf(federation, scheme, question.subjects);
  if (E.isLeft(subjects)) return subjects;
  const sealed = sealedLinks(context, scheme);
  if (E.isLeft(sealed)) return sealed;
  const columns = withPresent(context, question);
  const priced = askedSlots(context, { ...question, columns });
  if (E.isLeft(priced)) return priced;

  const { keys } = sealed.right[0]!;
  const cohort = await blindCohort(
    {
      context: keys.context,
      joinScalar: keys.joinScalar,
      ids: subjects.right.ids.map(({ id }) => id),
      watch: { signal: watch.signal },
    },
    group,
  );
  const terms: QueryTerms = {
    version: 1,
    federation: federation.id,
    bureau: context.id,
    epoch: context.epoch.number,
    scheme,
    joinKey: keys.joinKey,
    roster: sealed.right.map(({ keys: own, root }) => ({ holder: own.context.holder, root })),
    kind,
    purpose: question.purpose,
    columns,
    epsilon: question.epsilon,
    rho: question.rho,
    consent: question.consent,
    repeat: question.repeat,
  };
  const consent = loggedConsent(terms);
  if (E.isLeft(consent)) return consent;
  const digest = queryDigest(terms, cohort);
  const bytes = writeFrame({ envelope: QueryTerms.encode(terms), rows: cohort, rowBytes: ELEMENT_BYTES });
  // Before anybody answers: what stands in a holder's log can be opened.
  await context.store.keepQuery(
    { epoch: terms.epoch, digest },
    subjects.right.ids.map(({ id }) => id),
  );
  let done = 0;
  const answers = await Promise.all(
    roster.map(async (target) => {
      const answer = await askHolder(context, {
        target,
        bytes,
        digest,
        terms,
        cohort,
        consent: consent.right,
        signal: watch.signal,
      });
      watch.onProgress?.({ task: kind, done: ++done, total: roster.length });
      return answer;
    }),
  );
  const faults = answers.flatMap((answer, i) => (E.isLeft(answer) ? [{ holder: roster[i]!.holder, fault: answer.left }] : []));
  if (faults.length > 0) return E.left(holdersFailed(faults));

  const received = answers.flatMap((answer) => (E.isRight(answer) ? [answer.right] : []));
  const size = cohort.length / ELEMENT_BYTES;
  const totals = await combine(
    {
      answers: received.map(({ rows }, i): HolderAnswer => ({ keys: sealed.right[i]!.keys, received: rows })),
      slots: priced.right.map(({ slot }) => slot.index),
      bounds: priced.right.map((one) => boundOf(one, size, roster.length)),
      watch: { signal: watch.signal },
    },
    group,
  );
  // Not before: it would take the computer's time from somebody who waits.
  for (const target of roster) context.acknowledger.begin(target);
  if (E.isLeft(totals)) return totals;
  return E.right({
    digest: bytesToHex(digest),
    columns: columnTotals(catalogue, {
      columns,
      totals: priced.right.map(({ slot, noise }, k) => ({ ...slot, noise, total: totals.right[k]! })),
      holders: roster.length,
    }),
    asked: size,
    rejected: subjects.right.rejected,
    suppressed: roster.map(({ holder }) => holder).filter((_, i) => received[i]!.suppressed),
    holders: roster.map(({ holder }) => holder),
  });
};

/** An offset can only be taken off a total when the number of relationships is asked with it; a signal always tells it, at no price. */
export const withPresent = (
  { catalogue }: QuerierContext,
  { kind, columns }: Pick<Question, 'kind' | 'columns'>,
): readonly string[] => {
  const needs = columns.some((name) =>
    catalogue.columns.some((column) => column.name === name && column.kind === 'amount' && (column.offset ?? 0) > 0),
  );
  return !columns.includes(PRESENT) && (kind === 'signal' || needs) ? [PRESENT, ...columns] : columns;
};

interface AskedSlot {
  readonly slot: Slot;
  readonly noise?: Noise | undefined;
}

/** The slots in the order in which every holder answers them, with the noise that each adds: the same computation as the holder's. */
export const askedSlots = (
  { catalogue, slots }: QuerierContext,
  { kind, columns, epsilon, rho }: Pick<Question, 'kind' | 'columns' | 'epsilon' | 'rho'>,
): Either<UnknownColumn | BadPrice, readonly AskedSlot[]> => {
  if (kind === 'aggregate') {
    const cost = costOf({ epsilon, rho });
    if (E.isLeft(cost)) return cost;
    const plan = noisePlanOf({ cost: cost.right, catalogue, columns });
    return E.isLeft(plan) ? plan : E.right(plan.right.slots);
  }
  for (const name of columns) {
    const known = name === PRESENT ? E.right(undefined) : columnNamed(catalogue, name);
    if (E.isLeft(known)) return known;
  }
  return E.right(columns.flatMap((name) => slots.filter((slot) => slot.column === name)).map((slot) => ({ slot })));
};

/** The largest |total| that can come: every subject at every holder at its maximum, and the noise's tail. */
const boundOf = ({ slot, noise }: AskedSlot, cohort: number, holders: number): number => {
  const tail = noise ? Number(tailOf(noise, holders)) : 0;
  return Math.min(MAX_TOTAL, cohort * holders * slot.max + tail);
};

/** The sealed tables of all holders of the roster: without one of them there is no total. */
export const sealedLinks = ({ roster, links }: QuerierContext, scheme: string): Either<NotSynced, readonly SealedLink[]> => {
  const all = roster.map(({ holder }) => links.get(`${scheme}/${holder}`)?.sealed);
  const missing = roster.filter((_, i) => all[i] === undefined).map(({ holder }) => holder);
  if (missing.length === 0) return E.right(all as readonly SealedLink[]);
  return E.left({
    _tag: 'NotSynced',
    holders: missing,
    message: `no table is sealed with ${missing.join(', ')} for scheme ${scheme}: call sync first`,
  });
};

/** What the log of every holder has to say about the consent receipt. */
const loggedConsent = ({ consent }: QueryTerms): Either<BadConsent, QueryLeaf['consent']> => {
  if (consent === undefined) return E.right(undefined);
  const receipt = decodeConsent(consent);
  return E.isLeft(receipt) ? receipt : E.right({ issuer: receipt.right.terms.issuer, receipt: consentId(receipt.right.terms) });
};

const askHolder = async (
  { transport, logs }: QuerierContext,
  {
    target,
    bytes,
    digest,
    terms,
    cohort,
    consent,
    signal,
  }: {
    readonly target: Target;
    readonly bytes: Uint8Array;
    readonly digest: Uint8Array;
    readonly terms: QueryTerms;
    readonly cohort: Uint8Array;
    readonly consent: QueryLeaf['consent'];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Either<HolderFault, { readonly suppressed: boolean; readonly rows: Uint8Array }>> => {
  const body = await send(transport, target, { route: ROUTES.query, body: { type: FRAME_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const answer = readFrame(Answer, ELEMENT_BYTES, body.right);
  if (E.isLeft(answer)) return answer;
  const { envelope, rows } = answer.right;
  if (!equalBytes(envelope.digest, digest))
    return E.left({ _tag: 'OutOfStep', message: 'answered another query than was asked' });
  const { suppressed, receipt } = envelope;
  const logged = await logs.check(
    target,
    receipt,
    {
      leaf: 'query',
      querier: terms.bureau,
      scheme: terms.scheme,
      epoch: terms.epoch,
      kind: terms.kind,
      digest,
      cohortRoot: cohortRoot(cohort),
      cohortSize: cohort.length / ELEMENT_BYTES,
      purpose: terms.purpose,
      columns: terms.columns,
      charge: terms.epsilon,
      rho: terms.rho,
      answer: answerHash({ digest, suppressed, rows }),
      consent,
    },
    signal,
  );
  return E.isLeft(logged) ? logged : E.right({ suppressed, rows });
};
