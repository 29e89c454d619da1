import {
  type BadCatalogue,
  type BadShape,
  Catalogue,
  canVerify,
  checkCatalogue,
  csprng,
  decodeShape,
  E,
  type Either,
  hexToBytes,
  list,
  record,
  Secret,
  sharedSecret,
  text,
  whole,
  X25519_BYTES,
} from '@vouchsafe/core';
import * as t from 'io-ts';

/** What a party does in the federation. */
export type Role = 'holder' | 'bureau' | 'auditor' | 'issuer';

/** An earlier signing key that is still honoured, so that a member can change its key without an interruption. */
export interface FormerKey {
  /** Ed25519 public key, 64 hexadecimal digits. */
  readonly signKey: string;
  /** Seconds since 1970: from then on it is refused. */
  readonly until: number;
}

/** A party of the federation. Keys are 64 hexadecimal digits. */
export interface Member {
  /** The name that stands in every transcript. */
  readonly id: string;
  readonly role: Role;
  /** Ed25519 public key: its requests, responses, checkpoints, receipts. */
  readonly signKey: string;
  readonly formerKeys?: readonly FormerKey[] | undefined;
  /** Where a holder answers, e.g. `https://lender.example/vouchsafe`; a path is kept. */
  readonly url?: string | undefined;
  /** A holder's X25519 public key. The next epoch's roster takes it over. */
  readonly boxKey?: string | undefined;
}

/** A holder of an epoch's roster. */
export interface RosterEntry {
  readonly holder: string;
  /** Its X25519 public key for the masks of this epoch: fixed for the epoch, or masks of two holders would not cancel. */
  readonly boxKey: string;
}

/** An epoch that is live: its tables are sealed or being sealed. */
export interface Epoch {
  readonly number: number;
  /** The holders that answer together, in alphabetical order. Two at least; three or more are recommended. Fixed for the epoch. */
  readonly roster: readonly RosterEntry[];
}

/** Who takes part, what is asked in which form, and in which epochs: the same document for every party. */
export interface Federation {
  readonly version: 1;
  readonly id: string;
  /** Counts the signed versions of this federation's document. */
  readonly serial: number;
  /** Identifier schemes of `@vouchsafe/identity`. */
  readonly schemes: readonly string[];
  readonly catalogue: Catalogue;
  readonly members: readonly Member[];
  /** One, or two while the next one is being sealed and the old one still answers; in rising order. */
  readonly epochs: readonly Epoch[];
}

/** The name of a federation or of a member. */
export const Id: t.Type<string, unknown, unknown> = text(
  'an id of lower-case letters, digits, dots and dashes (at most 40)',
  /^[a-z0-9][a-z0-9.-]{0,39}$/,
);
/** A public key in hexadecimal digits. */
export const HexKey: t.Type<string, unknown, unknown> = text('a key of 64 hexadecimal digits', /^[0-9a-f]{64}$/);
/** Where a holder answers. */
export const Url: t.Type<string, unknown, unknown> = text('an http or https URL without query', /^https?:\/\/[^\s?#]{1,200}$/);
const Seconds: t.Type<number, unknown, unknown> = whole(0, 2 ** 40);

const Member: t.Type<Member, unknown, unknown> = record<Member>(
  'Member',
  {
    id: Id,
    role: t.union([t.literal('holder'), t.literal('bureau'), t.literal('auditor'), t.literal('issuer')]) as t.Type<
      Role,
      unknown,
      unknown
    >,
    signKey: HexKey,
  },
  {
    formerKeys: list(record<FormerKey>('FormerKey', { signKey: HexKey, until: Seconds }, {}), 8),
    url: Url,
    boxKey: HexKey,
  },
);

const Epoch: t.Type<Epoch, unknown, unknown> = record<Epoch>(
  'Epoch',
  {
    number: whole(1, 2 ** 32 - 1),
    roster: list(record<RosterEntry>('RosterEntry', { holder: Id, boxKey: HexKey }, {}), 100),
  },
  {},
);

export const Federation: t.Type<Federation, unknown, unknown> = record<Federation>(
  'Federation',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    id: Id,
    serial: whole(1, 2 ** 32 - 1),
    schemes: list(text('the name of an identifier scheme', /^[a-z0-9+-]{1,32}$/), 16),
    catalogue: Catalogue,
    members: list(Member, 1000),
    epochs: list(Epoch, 2),
  },
  {},
);

/** A federation document that contradicts itself. */
export interface BadFederation {
  readonly _tag: 'BadFederation';
  readonly message: string;
}

/** The fault of a federation document. @param problem what is wrong, in words, without a value of it */
export const badFederation = (problem: string): BadFederation => ({
  _tag: 'BadFederation',
  message: `federation document: ${problem}`,
});

/** Checks the document itself, not who signed it: {@link openFederation} does both, and is what a party starts with. */
export const readFederation = (value: unknown): Either<BadShape | BadCatalogue | BadFederation, Federation> => {
  const shape = decodeShape(Federation, value);
  if (E.isLeft(shape)) return shape;
  const federation = shape.right;
  const problem =
    contradiction(federation) ??
    badKey(federation) ??
    federation.epochs.map((epoch) => badEpoch(epoch, federation)).find(Boolean);
  if (problem !== undefined) return E.left(badFederation(problem));
  for (const { roster } of federation.epochs) {
    const catalogue = checkCatalogue(federation.catalogue, roster.length);
    if (E.isLeft(catalogue)) return catalogue;
  }
  return E.right(federation);
};

const contradiction = ({ members, epochs, schemes }: Federation): string | undefined => {
  const twice = firstTwice(members.map(({ id }) => id));
  if (twice !== undefined) return `member "${twice}" stands twice in it`;
  // One key for two members would let one speak as the other.
  const shared = firstTwice(
    members.flatMap(({ signKey, formerKeys = [] }) => [signKey, ...formerKeys.map((key) => key.signKey)]),
  );
  if (shared !== undefined)
    return `the signing key of "${members.find(({ signKey, formerKeys = [] }) => signKey === shared || formerKeys.some((key) => key.signKey === shared))!.id}" stands twice in it`;
  if (members.filter(({ role }) => role === 'auditor').length !== 1) return 'it needs one auditor: its key signs the document';
  if (schemes.length === 0) return 'it names no identifier scheme';
  if (firstTwice(schemes) !== undefined) return `scheme "${firstTwice(schemes)}" stands twice in it`;
  if (epochs.length === 0) return 'it names no epoch';
  if (epochs.some(({ number }, i) => i > 0 && epochs[i - 1]!.number >= number)) return 'its epochs are not in rising order';
  return undefined;
};

/**
 * A key that gives no security: with a signing key of small order everybody could sign as that member, with a box key of small order everybody would know the masks (RFC 7748 §6.1).
 */
const badKey = ({ members, epochs }: Federation): string | undefined => {
  const forger = members.find(({ signKey, formerKeys = [] }) =>
    [signKey, ...formerKeys.map((key) => key.signKey)].some((key) => !canVerify(hexToBytes(key))),
  );
  if (forger) return `a signing key of "${forger.id}" is no Ed25519 key that is safe to use: ask for another`;
  const boxes = [
    ...members.flatMap(({ id, boxKey }) => (boxKey === undefined ? [] : [{ holder: id, boxKey }])),
    ...epochs.flatMap(({ roster }) => roster),
  ];
  const own = new Secret(csprng(X25519_BYTES));
  const open = boxes.find(({ boxKey }) => E.isLeft(sharedSecret(own, hexToBytes(boxKey))));
  own.wipe();
  return open && `a box key of "${open.holder}" is no X25519 key that is safe to use: ask for another`;
};

const badEpoch = ({ number, roster }: Epoch, { members }: Federation): string | undefined => {
  const names = roster.map(({ holder }) => holder);
  if (names.length < 2)
    return `the roster of epoch ${number} needs two holders at least: with one, a total is that holder’s figure`;
  if (firstTwice(names) !== undefined) return `"${firstTwice(names)}" stands twice in the roster of epoch ${number}`;
  if (names.some((id, i) => i > 0 && names[i - 1]! > id)) return `the roster of epoch ${number} is not in alphabetical order`;
  for (const id of names) {
    const member = members.find((one) => one.id === id);
    if (member?.role !== 'holder') return `"${id}" of the roster of epoch ${number} is no holder among the members`;
    if (member.url === undefined) return `holder "${id}" needs a url`;
  }
  return undefined;
};

const firstTwice = (names: readonly string[]): string | undefined => names.find((name, i) => names.indexOf(name) !== i);

/** The member of that name and role, if there is one. */
export const memberOf = (federation: Federation, id: string, role: Role): Member | undefined =>
  federation.members.find((member) => member.id === id && member.role === role);

/** The member of that name, whatever its role. */
export const memberNamed = (federation: Federation, id: string): Member | undefined =>
  federation.members.find((member) => member.id === id);

/** A member's signing keys that are honoured at a time, in hexadecimal digits: the present one and former ones until their time is over. None for a name or role that is not there. */
export const memberKeysNow = (
  federation: Federation,
  { id, role }: { readonly id: string; readonly role: Role },
  now: number,
): readonly string[] => {
  const member = memberOf(federation, id, role);
  if (!member) return [];
  const former = (member.formerKeys ?? []).filter(({ until }) => now < until);
  return [member.signKey, ...former.map(({ signKey }) => signKey)];
};

/** The epoch that is sealed now: the last one. */
export const newestEpoch = ({ epochs }: Federation): Epoch => epochs.at(-1)!;

/** The epoch of that number, if it is live. */
export const liveEpoch = ({ epochs }: Federation, number: number): Epoch | undefined =>
  epochs.find((epoch) => epoch.number === number);

/** The holders of an epoch's roster with where they answer and the keys that masks need, in the roster's order. */
export const rosterOf = (
  federation: Federation,
  { roster }: Epoch,
): readonly { readonly holder: string; readonly url: string; readonly boxKey: Uint8Array }[] =>
  roster.map(({ holder, boxKey }) => ({
    holder,
    url: memberOf(federation, holder, 'holder')!.url!,
    boxKey: hexToBytes(boxKey),
  }));
