import { join } from 'node:path';
import { E } from '@vouchsafe/core';
import { fine } from '../command.ts';
import { makeFolder, mayMakeFolder } from '../member/new-folder.ts';
import type { Result } from '../outcome.ts';
import { figure } from '../screen/index.ts';
import { seededRng } from '../seeded-rng.ts';
import { createFile } from '../write-file.ts';
import { loansCsv, SAMPLE_DAY } from './loans.ts';
import { type Draw, madeUpPeople } from './people.ts';

const LENDERS = ['lender-a', 'lender-b', 'lender-c'];

export const writeSample = async (
  folder: string,
  { people: count, seed }: { readonly people: number; readonly seed: string },
): Result => {
  const free = await mayMakeFolder(folder);
  if (E.isLeft(free)) return free;
  const draw = drawFrom(seed);
  const people = madeUpPeople(count, draw);
  // Two of three have an outcome that is known; the others apply now.
  const sample = people.filter((_, i) => i % 3 !== 2);
  const files: readonly (readonly [string, string])[] = [
    ...LENDERS.map((lender) => [`${lender}.csv`, loansCsv(people, lender, draw)] as const),
    ['applicants.csv', `customer,national_id\n${people.map(({ nationalId }, i) => `${1001 + i},${nationalId}`).join('\n')}\n`],
    ['sample.csv', `national_id,bad\n${sample.map(({ nationalId, bad }) => `${nationalId},${bad ? 1 : 0}`).join('\n')}\n`],
    ['person.txt', `${people[0]!.nationalId}\n`],
  ];
  const made = await makeFolder<void>(folder, async (inside) => {
    for (const [name, text] of files) {
      const written = await createFile(join(inside, name), text);
      if (E.isLeft(written)) return written;
    }
    return E.right(undefined);
  });
  if (E.isLeft(made)) return made;
  return fine(
    [
      `${folder}: ${figure(count)} people who do not exist, and what three lenders know of them as of ${SAMPLE_DAY}`,
      ...files.map(([name]) => `  ${join(folder, name)}`),
    ].join('\n'),
    { folder, people: count, files: files.map(([name]) => name) },
  );
};

const drawFrom = (seed: string): Draw => {
  const rng = seededRng(seed);
  const uniform = (): number => Buffer.from(rng(4)).readUInt32BE(0) / 2 ** 32;
  return { uniform, whole: (from, to) => from + Math.floor(uniform() * (to - from + 1)) };
};
