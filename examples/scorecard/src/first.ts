import { E } from '@vouchsafe/core';
import {
  categoricalColumn,
  createSubjectScorer,
  type DataColumn,
  fitScorecard,
  namedReasons,
  numericColumn,
  printBinTable,
  scorecardHash,
  scoreSql,
} from '@vouchsafe/scorecard';

// Subjects whose outcome is known. null is a missing value.
const people = Array.from({ length: 2000 }, (_, i) => {
  const owed = (i * 7919) % 1000;
  return { owed: i % 17 === 0 ? null : owed, home: ['own', 'rent', 'free'][(i * 31 + owed) % 3]!, bad: (i * 613) % 1400 < owed };
});

const fitted = await fitScorecard({
  name: 'first',
  table: new Map<string, DataColumn>([
    ['owed', numericColumn(people.map(({ owed }) => owed))],
    ['home', categoricalColumn(people.map(({ home }) => home))],
  ]),
  bad: Uint8Array.from(people, ({ bad }) => (bad ? 1 : 0)),
})();
if (E.isLeft(fitted)) throw new Error(fitted.left.message);
const { scorecard, tables, dropped } = fitted.right;
for (const table of tables) console.log(printBinTable(table));
for (const { name, why } of dropped) console.log(`${name} is not in: ${why}`);
console.log(scorecardHash(scorecard), scoreSql(scorecard));

const scorer = createSubjectScorer({ scorecard, reasons: namedReasons({ owed: { en: 'amount owed', zh: '欠款金额' } }) });
if (E.isLeft(scorer)) throw new Error(scorer.left.message);
const one = scorer.right(new Map([['owed', 640]]));
console.log(E.isRight(one) ? one.right : one.left.message);
