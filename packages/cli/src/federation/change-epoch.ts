import { E, type Either } from '@vouchsafe/core';
import { type Epoch, type Federation, memberNamed, type RosterEntry } from '@vouchsafe/protocol';
import { badInput, type Failure } from '../exit.ts';
import type { Change } from './draft.ts';

/** The document holds this many live epochs. */
const MAX_EPOCHS = 2;

/** Opens the next epoch. The box keys of its roster are those that the members have now. */
export const openEpoch = (
  federation: Federation,
  {
    roster,
    number,
    alone = false,
  }: {
    readonly roster: readonly string[];
    /** The next number when it is left out; only a document without an epoch needs it. */
    readonly number?: number | undefined;
    /** Ends every other epoch. */
    readonly alone?: boolean | undefined;
  },
): Either<Failure, Change> => {
  const newest = federation.epochs.at(-1)?.number;
  if (newest === undefined && federation.serial > 1 && number === undefined)
    return E.left(badInput('no epoch is live, so the next number is not known: give it with --number, higher than any before'));
  const next = number ?? (newest ?? 0) + 1;
  if (newest !== undefined && next <= newest)
    return E.left(badInput(`epoch ${newest} is the newest: a number is used once, so the next is ${newest + 1} or higher`));
  const entries = rosterOfNames(federation, roster);
  if (E.isLeft(entries)) return entries;
  const epochs: readonly Epoch[] = [...(alone ? [] : federation.epochs), { number: next, roster: entries.right }];
  const kept = epochs.slice(-MAX_EPOCHS);
  const ended = federation.epochs.filter((epoch) => !kept.includes(epoch)).map((epoch) => epoch.number);
  const over = `over with this version: its tables answer no more`;
  return E.right({
    federation: { ...federation, epochs: kept },
    notes: [
      `opened epoch ${next} with ${entries.right.map(({ holder }) => holder).join(', ')}`,
      ...(entries.right.length === 2
        ? ['two holders: a bureau that colludes with one of them learns the other’s noisy figures; three or more are recommended']
        : []),
      ...ended.map((one) => `epoch ${one} is ${over}`),
    ],
  });
};

const rosterOfNames = (federation: Federation, names: readonly string[]): Either<Failure, readonly RosterEntry[]> => {
  if (new Set(names).size < names.length) return E.left(badInput('a holder stands twice in --roster'));
  if (names.length < 2)
    return E.left(badInput('a roster needs two holders at least: with one, a total would be that holder’s figure'));
  const entries: RosterEntry[] = [];
  // By code units, as the document's check compares them.
  for (const name of [...names].sort()) {
    const member = memberNamed(federation, name);
    if (member === undefined) return E.left(badInput(`there is no member "${name}": add it first, with --role holder`));
    if (member.role !== 'holder') return E.left(badInput(`"${name}" is a ${member.role}, and only holders answer together`));
    const lacks = member.url === undefined ? '--url' : member.boxKey === undefined ? '--box-key' : undefined;
    if (lacks !== undefined)
      return E.left(badInput(`"${name}" has no ${lacks.slice(2)} yet: federation add member ${name} ${lacks} …`));
    entries.push({ holder: name, boxKey: member.boxKey! });
  }
  return E.right(entries);
};

/** Ends an epoch. */
export const endEpoch = (federation: Federation, number: number): Either<Failure, Change> =>
  federation.epochs.some((epoch) => epoch.number === number)
    ? E.right({
        federation: { ...federation, epochs: federation.epochs.filter((epoch) => epoch.number !== number) },
        notes: [`ended epoch ${number}`],
      })
    : E.left(badInput(`epoch ${number} is not live`));
