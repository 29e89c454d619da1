import type { Draw, MadeUp } from './people.ts';

/** The day that the loans are described of. */
export const SAMPLE_DAY = '2026-06-30';

const COLUMNS =
  'national_id,phone,name,loan_id,product,opened_on,closed_on,currency,limit,principal,balance,past_due,history,code_set';

/** One lender's loans as CSV: two of three people are its customers, with a loan or two. */
export const loansCsv = (people: readonly MadeUp[], lender: string, draw: Draw): string => {
  const rows: string[] = [];
  for (const person of people)
    if (draw.uniform() < 2 / 3)
      for (let left = draw.whole(1, 2); left > 0; left--) rows.push(loanRow(person, `${lender}-${rows.length + 1}`, draw));
  return `${COLUMNS}\n${rows.join('\n')}\n`;
};

const loanRow = ({ nationalId, risk }: MadeUp, id: string, draw: Draw): string => {
  const months = draw.whole(4, 40);
  const history = historyOf(Math.min(months, 24), risk, draw);
  const principal = 1000 * draw.whole(2, 80);
  const open = draw.uniform() < 0.8;
  const balance = open ? Math.round(principal * draw.uniform()) : 0;
  const late = open ? Number(/\d$/.exec(history)?.[0] ?? 0) : 0;
  const pastDue = Math.min(balance, Math.round((late * principal) / 20));
  const cells = [
    nationalId,
    '',
    '',
    id,
    'instalment',
    dayBefore(months),
    open ? '' : SAMPLE_DAY,
    'CNY',
    principal,
    principal,
    balance,
    pastDue,
  ];
  return [...cells, history, 'pboc'].join(',');
};

/** A code a month, the newest last: N paid, 1, 2, 3, … thirty days late each. */
const historyOf = (months: number, risk: number, draw: Draw): string => {
  let late = 0;
  return Array.from({ length: months }, () => {
    late = draw.uniform() < 0.02 + 0.5 * risk ** 2 ? Math.min(7, late + 1) : 0;
    return late === 0 ? 'N' : String(late);
  }).join('');
};

/** A day so many months before. */
const dayBefore = (months: number): string => {
  const day = new Date(`${SAMPLE_DAY}T00:00:00Z`);
  day.setUTCDate(15);
  day.setUTCMonth(day.getUTCMonth() - months);
  return day.toISOString().slice(0, 10);
};
