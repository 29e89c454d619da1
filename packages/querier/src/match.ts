import { sha256 } from '@noble/hashes/sha2.js';
import { type Aborted, concatBytes, E, type Either, type StoreFault, type Watch } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import type { RawIdentifier } from '@vouchsafe/identity';
import { MAX_BATCH } from '@vouchsafe/oprf';
import { Evaluated, FRAME_TYPE, ROUTES, readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import { tagsOf } from '@vouchsafe/psi/index';
import { type Rejected, subjectsOf } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { HolderFault, NoSubjects, NotSynced, UnknownScheme } from './errors.ts';
import type { MatchLink } from './link.ts';
import { send, type Target } from './transport.ts';

export type MatchError = Aborted | StoreFault | NoSubjects | NotSynced | UnknownScheme;

/** Who knows whom. */
export interface MatchResult {
  /** Subjects that were asked about. */
  readonly asked: number;
  readonly rejected: readonly Rejected[];
  /** For each usable subject, by its place in the list from 0: the holders that know it. */
  readonly matches: readonly { readonly row: number; readonly holders: readonly string[] }[];
  /** Holders that were asked and answered in full. */
  readonly holders: readonly string[];
  /** Holders that failed: nothing is said about what they know. What they answered before is not asked for again by a later call with the rest. */
  readonly failures: readonly { readonly holder: string; readonly fault: HolderFault }[];
}

/** Asks every holder that grants `match`, in batches, and looks the outputs up in the verified copies of their indexes. */
export const matchSubjects = async (
  context: QuerierContext,
  { scheme, subjects }: { readonly scheme: string; readonly subjects: readonly RawIdentifier[] },
  watch: Watch,
): Promise<Either<MatchError, MatchResult>> => {
  const people = await subjectsOf(context.federation, scheme, subjects);
  if (E.isLeft(people)) return people;
  const targets = context.roster.flatMap((target) => {
    const link = context.links.get(`${scheme}/${target.holder}`)?.match;
    return link ? [{ target, link }] : [];
  });
  if (targets.length === 0) return E.left(notSynced(context, scheme));
  const ids = people.right.ids.map(({ id }) => id);
  let done = 0;
  const report = (count: number): void => {
    done += count;
    watch.onProgress?.({ task: 'match', done, total: ids.length * targets.length });
  };
  const results = await Promise.all(
    targets.map(({ target, link }) => matchWith(context, { target, link, scheme, ids, report, signal: watch.signal })),
  );
  const answered = targets.flatMap(({ target }, i) => {
    const result = results[i]!;
    return E.isRight(result) ? [{ holder: target.holder, known: result.right }] : [];
  });
  return E.right({
    asked: ids.length,
    rejected: people.right.rejected,
    matches: people.right.ids.map(({ row }, i) => ({
      row,
      holders: answered.filter(({ known }) => known[i] === 1).map(({ holder }) => holder),
    })),
    holders: answered.map(({ holder }) => holder),
    failures: targets.flatMap(({ target }, i) => {
      const result = results[i]!;
      return E.isLeft(result) ? [{ holder: target.holder, fault: result.left }] : [];
    }),
  });
};

/** One holder's verdict on each id. @returns n flags */
const matchWith = async (
  { id, epoch, transport, logs }: QuerierContext,
  {
    target,
    link: { client, index },
    scheme,
    ids,
    report,
    signal,
  }: {
    readonly target: Target;
    readonly link: MatchLink;
    readonly scheme: string;
    readonly ids: readonly Uint8Array[];
    readonly report: (count: number) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Either<HolderFault, Uint8Array>> => {
  const known = new Uint8Array(ids.length);
  const envelope = TableRef.encode({ epoch: epoch.number, scheme });
  for (let from = 0; from < ids.length; from += MAX_BATCH) {
    const batch = ids.slice(from, from + MAX_BATCH);
    const blinded = await client.blind(batch, { signal });
    // The batch was cut to size here and identifiers are short, so what is left is an input that hashes to the identity.
    if (E.isLeft(blinded)) return E.left({ _tag: 'InvalidInput', index: from, message: blinded.left.message });
    const { state, message } = blinded.right;
    const bytes = writeFrame({ envelope, rows: message, rowBytes: ELEMENT_BYTES });
    const body = await send(transport, target, { route: ROUTES.match, body: { type: FRAME_TYPE, bytes }, signal });
    if (E.isLeft(body)) return body;
    const answer = readFrame(Evaluated, ELEMENT_BYTES, body.right);
    if (E.isLeft(answer)) return answer;
    const outputs = await client.finalize(
      state,
      { evaluated: answer.right.rows, proof: answer.right.envelope.proof },
      { signal },
    );
    if (E.isLeft(outputs)) return outputs;
    const { proof, receipt } = answer.right.envelope;
    const logged = await logs.check(
      target,
      receipt,
      {
        leaf: 'match',
        querier: id,
        scheme,
        epoch: epoch.number,
        elements: batch.length,
        request: sha256(message),
        answer: sha256(concatBytes(answer.right.rows, proof)),
      },
      signal,
    );
    if (E.isLeft(logged)) return logged;
    known.set(index.lookup(tagsOf(outputs.right, index.manifest.t)), from);
    report(batch.length);
  }
  return E.right(known);
};

const notSynced = ({ roster }: QuerierContext, scheme: string): NotSynced => ({
  _tag: 'NotSynced',
  holders: roster.map(({ holder }) => holder),
  message: `no holder’s index for scheme ${scheme} is here: call sync first; if it is done, no policy grants match to this bureau`,
});
