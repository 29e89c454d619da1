import { E, type Either } from '@vouchsafe/core';
import type { Federation, FormerKey, Member, Role } from '@vouchsafe/protocol';
import { badInput, type Failure } from '../exit.ts';
import { momentText } from '../time-span.ts';
import type { Change } from './draft.ts';

/** The document keeps this many former keys of a member. */
const MAX_FORMER_KEYS = 8;

/** What is told of a member. What is left out stays as it was. */
export interface MemberChange {
  readonly id: string;
  readonly role?: Role | undefined;
  readonly url?: string | undefined;
  readonly signKey?: string | undefined;
  readonly boxKey?: string | undefined;
}

/** Adds a member, or changes the one of that name. @param until seconds since 1970: until then a replaced signing key is honoured */
export const changeMember = (
  federation: Federation,
  { change, until }: { readonly change: MemberChange; readonly until: number },
): Either<Failure, Change> => {
  const before = federation.members.find(({ id }) => id === change.id);
  const owner = federation.members.find(
    ({ id, signKey, formerKeys = [] }) =>
      id !== change.id && [signKey, ...formerKeys.map((key) => key.signKey)].includes(change.signKey ?? ''),
  );
  if (owner) return E.left(badInput(`this signing key belongs to "${owner.id}": each member has keys of its own`));
  return before ? changed(federation, before, change, until) : added(federation, change);
};

const added = (federation: Federation, { id, role, url, signKey, boxKey }: MemberChange): Either<Failure, Change> => {
  if (role === undefined) return E.left(badInput(`"${id}" is new: say its role with --role holder, bureau, auditor or issuer`));
  if (signKey === undefined) return E.left(badInput(`"${id}" is new: give its Ed25519 public key with --sign-key`));
  const auditor = federation.members.find((member) => member.role === 'auditor');
  if (role === 'auditor' && auditor)
    return E.left(
      badInput(`the auditor is "${auditor.id}", and there can be only one: to change its key, add it again by that name`),
    );
  const surplus = unusable(role, { url, boxKey });
  if (surplus !== undefined) return E.left(badInput(surplus));
  const member: Member = {
    id,
    role,
    signKey,
    ...(url === undefined ? {} : { url }),
    ...(boxKey === undefined ? {} : { boxKey }),
  };
  const lacks = role !== 'holder' ? [] : [...(url === undefined ? ['url'] : []), ...(boxKey === undefined ? ['box key'] : [])];
  const notes = lacks.length === 0 ? [] : [`it has no ${lacks.join(' and no ')} yet: without them it cannot be in a roster`];
  return E.right({
    federation: { ...federation, members: [...federation.members, member] },
    notes: [`added ${role} "${id}"`, ...notes],
  });
};

const changed = (federation: Federation, before: Member, change: MemberChange, until: number): Either<Failure, Change> => {
  const { id } = before;
  if (change.role !== undefined && change.role !== before.role)
    return E.left(badInput(`"${id}" is a member already, as ${before.role}: a party with two roles needs two names`));
  const surplus = unusable(before.role, change);
  if (surplus !== undefined) return E.left(badInput(surplus));
  if (before.formerKeys?.some(({ signKey }) => signKey === change.signKey))
    return E.left(badInput(`this was a signing key of "${id}" before: make a new one with vouchsafe keys new`));
  const notes: string[] = [];
  let after = before;
  if (change.url !== undefined && change.url !== before.url) {
    after = { ...after, url: change.url };
    notes.push(`"${id}" answers at ${change.url}`);
  }
  if (change.boxKey !== undefined && change.boxKey !== before.boxKey) {
    after = { ...after, boxKey: change.boxKey };
    notes.push(
      `"${id}" has a new box key; live epochs keep the one in their roster, so the holder must keep its secret until they are over`,
    );
  }
  if (change.signKey !== undefined && change.signKey !== before.signKey) {
    const former: readonly FormerKey[] = [{ signKey: before.signKey, until }, ...(before.formerKeys ?? [])];
    after = { ...after, signKey: change.signKey, formerKeys: former.slice(0, MAX_FORMER_KEYS) };
    notes.push(`"${id}" has a new signing key; the one before is honoured until ${momentText(until)}`);
    if (former.length > MAX_FORMER_KEYS)
      notes.push('its oldest former key is dropped: checkpoints that it signed can no longer be checked with this document');
  }
  const members = federation.members.map((member) => (member.id === id ? after : member));
  return E.right({ federation: { ...federation, members }, notes });
};

/** What only a holder has. */
const unusable = (role: Role, { url, boxKey }: Pick<MemberChange, 'url' | 'boxKey'>): string | undefined => {
  if (role === 'holder') return undefined;
  if (boxKey !== undefined) return `only a holder has a box key (X25519): leave --box-key out for this ${role}`;
  return url === undefined ? undefined : `only a holder answers at a url: leave --url out for this ${role}`;
};

/** Takes a member out. */
export const removeMember = (federation: Federation, id: string): Either<Failure, Change> => {
  if (!federation.members.some((member) => member.id === id)) return E.left(badInput(`there is no member "${id}"`));
  const epoch = federation.epochs.find(({ roster }) => roster.some(({ holder }) => holder === id));
  if (epoch)
    return E.left(
      badInput(
        `"${id}" is in the roster of epoch ${epoch.number}, which cannot change: open an epoch without it, and remove it when epoch ${epoch.number} is over`,
      ),
    );
  return E.right({
    federation: { ...federation, members: federation.members.filter((member) => member.id !== id) },
    notes: [`removed "${id}"`],
  });
};
