import { encodeCanonical, equalBytes } from '@vouchsafe/core';
import type { Epoch, Federation, Member } from '@vouchsafe/protocol';
import { momentText } from '../time-span.ts';

/** What a document changes of the one before, in words, for whoever decides whether to trust it. */
export const changesBetween = (before: Federation, after: Federation): readonly string[] => [
  ...after.members.filter(({ id }) => !find(before, id)).map(({ id, role }) => `new ${role} "${id}"`),
  ...before.members.filter(({ id }) => !find(after, id)).map(({ id, role }) => `${role} "${id}" is gone`),
  ...after.members.flatMap((member) => {
    const earlier = find(before, member.id);
    return earlier ? changesOf(earlier, member) : [];
  }),
  ...epochChanges(before.epochs, after.epochs),
  ...(same(before.schemes, after.schemes) ? [] : [`schemes are now ${after.schemes.join(', ')}`]),
  ...(same(before.catalogue, after.catalogue) ? [] : ['another catalogue']),
];

const find = ({ members }: Federation, id: string): Member | undefined => members.find((member) => member.id === id);

const same = (one: unknown, other: unknown): boolean => equalBytes(encodeCanonical(one), encodeCanonical(other));

const changesOf = (before: Member, after: Member): readonly string[] => {
  const name = `"${after.id}"`;
  const changes: string[] = [];
  if (after.role !== before.role) changes.push(`${name} is ${after.role} instead of ${before.role}`);
  if (after.url !== before.url) changes.push(`${name} answers at ${after.url ?? 'no url'} instead of ${before.url ?? 'none'}`);
  if (after.boxKey !== before.boxKey) changes.push(`${name} has another box key`);
  if (after.signKey !== before.signKey) {
    const overlap = after.formerKeys?.find(({ signKey }) => signKey === before.signKey);
    changes.push(
      overlap
        ? `${name} has a new signing key; the one before is honoured until ${momentText(overlap.until)}`
        : `${name} has another signing key, and the one before is refused at once`,
    );
  } else if (!same(before.formerKeys ?? [], after.formerKeys ?? [])) changes.push(`${name} has other former keys`);
  return changes;
};

const epochChanges = (before: readonly Epoch[], after: readonly Epoch[]): readonly string[] => [
  ...after
    .filter(({ number }) => !before.some((epoch) => epoch.number === number))
    .map(({ number, roster }) => `epoch ${number} opens with ${roster.map(({ holder }) => holder).join(', ')}`),
  ...before
    .filter(({ number }) => !after.some((epoch) => epoch.number === number))
    .map(({ number }) => `epoch ${number} is over`),
];
