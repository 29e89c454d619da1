import { readFile } from 'node:fs/promises';
import { E } from '@vouchsafe/core';
import { sendMemberHeader } from '@vouchsafe/protocol';
import { createQuerier } from '@vouchsafe/querier';

const querier = createQuerier({
  federation: JSON.parse(await readFile('federation.json', 'utf8')),
  id: 'bureau',
  identify: sendMemberHeader('bureau'),
});
if (E.isLeft(querier)) throw new Error(querier.left.message);
const synced = await querier.right.sync({ onProgress: ({ task, done, total }) => console.error(task, done, total) })();
if (E.isLeft(synced)) throw new Error(synced.left.message);
const cohort = JSON.parse(await readFile('applicants.json', 'utf8'));
const request = { scheme: 'cn-rid', purpose: 'credit-application', cohort, columns: ['present', 'outstanding'], epsilon: 1 };
const totals = await querier.right.aggregate(request)();
console.log(E.isRight(totals) ? JSON.stringify(totals.right) : totals.left.message);
