import { sha256 } from '@noble/hashes/sha2.js';
import {
  type BadCatalogue,
  type BadShape,
  Catalogue,
  checkCatalogue,
  concatBytes,
  decodeShape,
  domain,
  E,
  type Either,
  encodeCanonical,
  hexToBytes,
  list,
  record,
  text,
  whole,
} from '@vouchsafe/core';
import * as t from 'io-ts';

/** A party of the federation. Keys are 64 hexadecimal digits. */
export interface Member {
  /** The name that stands in every transcript. */
  readonly id: string;
  readonly role: 'holder' | 'bureau';
  /** Where a holder answers, e.g. `https://lender.example/vouchsafe`; a path is kept. */
  readonly url?: string | undefined;
  /** A holder's X25519 public key: its masks with the other holders. */
  readonly boxKey?: string | undefined;
}

/** Who takes part, what is asked in which form, and in which epoch: the same document for every party. */
export interface Federation {
  readonly version: 1;
  readonly id: string;
  readonly epoch: number;
  /** Identifier schemes of `@vouchsafe/identity`. */
  readonly schemes: readonly string[];
  readonly catalogue: Catalogue;
  readonly members: readonly Member[];
  /** The holders that answer together in this epoch. Two at least; three or more are recommended. */
  readonly roster: readonly string[];
}

const Id: t.Type<string, unknown, unknown> = text(
  'an id of lower-case letters, digits, dots and dashes (at most 40)',
  /^[a-z0-9][a-z0-9.-]{0,39}$/,
);
const HexKey: t.Type<string, unknown, unknown> = text('a key of 64 hexadecimal digits', /^[0-9a-f]{64}$/);
const Url: t.Type<string, unknown, unknown> = text('an http or https URL without query', /^https?:\/\/[^\s?#]{1,200}$/);

const Member: t.Type<Member, unknown, unknown> = record<Member>(
  'Member',
  { id: Id, role: t.union([t.literal('holder'), t.literal('bureau')]) as t.Type<Member['role'], unknown, unknown> },
  { url: Url, boxKey: HexKey },
);

export const Federation: t.Type<Federation, unknown, unknown> = record<Federation>(
  'Federation',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    id: Id,
    epoch: whole(1, 2 ** 32 - 1),
    schemes: list(text('the name of an identifier scheme', /^[a-z0-9+-]{1,32}$/), 16),
    catalogue: Catalogue,
    members: list(Member, 1000),
    roster: list(Id, 100),
  },
  {},
);

/** A federation document that contradicts itself. */
export interface BadFederation {
  readonly _tag: 'BadFederation';
  readonly message: string;
}

/** Reads and checks a federation document; every party does so before it starts. */
export const readFederation = (value: unknown): Either<BadShape | BadCatalogue | BadFederation, Federation> => {
  const shape = decodeShape(Federation, value);
  if (E.isLeft(shape)) return shape;
  const federation = shape.right;
  const problem = contradiction(federation);
  if (problem !== undefined) return E.left({ _tag: 'BadFederation', message: `federation document: ${problem}` });
  const catalogue = checkCatalogue(federation.catalogue, federation.roster.length);
  return E.isLeft(catalogue) ? catalogue : E.right(federation);
};

const contradiction = ({ members, roster, schemes }: Federation): string | undefined => {
  const twice = firstTwice(members.map(({ id }) => id));
  if (twice !== undefined) return `member "${twice}" stands twice in it`;
  if (schemes.length === 0) return 'it names no identifier scheme';
  if (firstTwice(schemes) !== undefined) return `scheme "${firstTwice(schemes)}" stands twice in it`;
  if (roster.length < 2) return 'its roster needs two holders at least: with one, a total is that holder’s figure';
  if (firstTwice(roster) !== undefined) return `"${firstTwice(roster)}" stands twice in the roster`;
  if (roster.some((id, i) => i > 0 && roster[i - 1]! > id)) return 'its roster is not in alphabetical order';
  for (const id of roster) {
    const member = members.find((one) => one.id === id);
    if (member?.role !== 'holder') return `"${id}" of the roster is no holder among the members`;
    if (member.url === undefined || member.boxKey === undefined) return `holder "${id}" needs a url and a boxKey`;
  }
  return undefined;
};

const firstTwice = (names: readonly string[]): string | undefined => names.find((name, i) => names.indexOf(name) !== i);

/** SHA-256 over the document's one encoding: two parties that talk to each other compare it first. 32 bytes. */
export const federationHash = (federation: Federation): Uint8Array =>
  sha256(concatBytes(domain('federation'), encodeCanonical(Federation.encode(federation))));

/** The member of that name and role, if there is one. */
export const memberOf = (federation: Federation, id: string, role: Member['role']): Member | undefined =>
  federation.members.find((member) => member.id === id && member.role === role);

/** The holders of the roster with the keys that masks need, in the roster's order. */
export const rosterKeys = (
  federation: Federation,
): readonly { readonly holder: string; readonly url: string; readonly boxKey: Uint8Array }[] =>
  federation.roster.map((id) => {
    const member = memberOf(federation, id, 'holder')!;
    return { holder: id, url: member.url!, boxKey: hexToBytes(member.boxKey!) };
  });
