import { bytesToHex, type Column } from '@vouchsafe/core';
import { type Epoch, type Federation, federationHash, type Member } from '@vouchsafe/protocol';
import { figure, table } from '../screen/index.ts';
import { momentText, spanText } from '../time-span.ts';

/** The first 80 bits of a key, to compare by eye or voice: `3f2a 91bc 44d0 8e1f 7a02`. */
export const fingerprint = (hex: string): string => hex.slice(0, 20).replace(/(.{4})(?!$)/g, '$1 ');

/** A document in tables, for a terminal of some hundred columns. @param now seconds since 1970 */
export const describeFederation = (federation: Federation, now: number): string =>
  [
    table(
      ['member', 'role', 'url', 'keys'],
      federation.members.map((member) => [member.id, member.role, member.url ?? '', keysText(member, now)]),
    ),
    table(
      ['epoch', 'roster'],
      federation.epochs.map((epoch) => [String(epoch.number), rosterText(federation, epoch)]),
    ),
    `schemes  ${federation.schemes.join(', ')}`,
    ...federation.catalogue.columns.map((column, i) => `${i === 0 ? 'columns' : '       '}  ${columnText(column)}`),
    `cohorts  at most ${figure(federation.catalogue.cohortCap)} subjects`,
    `hash     ${bytesToHex(federationHash(federation))} (equal for all who hold this version)`,
  ].join('\n');

const keysText = ({ signKey, boxKey, formerKeys = [] }: Member, now: number): string =>
  [
    `sign    ${fingerprint(signKey)}`,
    ...(boxKey === undefined ? [] : [`box     ${fingerprint(boxKey)}`]),
    ...formerKeys.flatMap(({ signKey: former, until }) => [
      `former  ${fingerprint(former)}`,
      `        ${until > now ? `until ${momentText(until)} (${spanText(until - now)})` : `over since ${momentText(until)}`}`,
    ]),
  ].join('\n');

const rosterText = ({ members }: Federation, { roster }: Epoch): string =>
  roster
    .map(({ holder, boxKey }) =>
      members.find(({ id }) => id === holder)?.boxKey === boxKey ? holder : `${holder} (with box key ${fingerprint(boxKey)})`,
    )
    .join('\n');

const columnText = (column: Column): string => {
  switch (column.kind) {
    case 'flag':
      return `${column.name} (flag)`;
    case 'count':
      return `${column.name} (count to ${figure(column.max)})`;
    case 'amount':
      return `${column.name} (amount to ${figure(column.max)} × ${figure(column.unit)})`;
    case 'bucket':
      return `${column.name} (${column.buckets.length} buckets)`;
  }
};

/** A document for `--json`: names as in the file. */
export const federationJson = (federation: Federation): Readonly<Record<string, unknown>> => ({
  id: federation.id,
  serial: federation.serial,
  hash: bytesToHex(federationHash(federation)),
  schemes: federation.schemes,
  catalogue: federation.catalogue,
  members: federation.members,
  epochs: federation.epochs,
});
