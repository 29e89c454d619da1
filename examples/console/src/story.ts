import { type Founded, LENDERS, raw, SCHEME, unwrap } from './federation.ts';

const DAY = 86_400_000;
const DAYS = 12;

/** A clock that starts some days ago and is set on by the story, then goes on from the true time. */
export interface StoryClock {
  readonly now: () => number;
  /** Sets it to so many days before the true time. */
  readonly daysAgo: (days: number) => void;
}

export const createStoryClock = (): StoryClock => {
  let behind = DAYS * DAY;
  return {
    now: () => Date.now() - behind,
    daysAgo: (days) => {
      behind = days * DAY;
    },
  };
};

/** Twelve days of two bureaus, as a lender sees them; a third one has not sealed its table yet. */
export const tell = async ({ queriers, holders }: Founded, clock: StoryClock): Promise<void> => {
  const [bureau, rent] = [queriers.get('bureau')!, queriers.get('rent-bureau')!];
  for (const one of [bureau, rent]) unwrap(await one.sync()());
  const signal = (purpose: string, person: number) =>
    bureau.signal({ scheme: SCHEME, purpose, subject: raw(person), columns: ['loans'] })();
  const screen = (person: number) =>
    rent.signal({ scheme: SCHEME, purpose: 'tenant-screening', subject: raw(person), columns: ['present'] })();
  const cohort = (from: number, size: number) => Array.from({ length: size }, (_, i) => raw(from + i));
  const totals = (purpose: string, from: number, price: { readonly epsilon: number } | { readonly rho: string }) =>
    bureau.aggregate({ scheme: SCHEME, purpose, cohort: cohort(from, 40), columns: ['present', 'loans'], ...price })();

  for (let day = DAYS; day >= 0; day--) {
    clock.daysAgo(day);
    // Fewer on some days, as in life; day 5 is a holiday.
    if (day === 5) continue;
    for (let i = 0; i < 1 + ((day * 7) % 5); i++) unwrap(await signal('credit-application', day * 10 + i));
    for (let i = 0; i < day % 3; i++) unwrap(await signal('account-review', day * 10 + i));
    // The last of these find the budget used up.
    if (day % 2 === 0) for (let i = 0; i < 2; i++) await screen(day * 4 + i);
    if (day % 3 === 0) unwrap(await totals('model-development', day, { epsilon: 1 }));
    if (day % 6 === 1) unwrap(await totals('account-review', day, { rho: '0.1' }));
    if (day % 4 === 2) unwrap(await bureau.match({ scheme: SCHEME, subjects: cohort(day * 30, 30) })());
  }
  // What a policy refuses: another purpose, too few people, too much at once.
  for (let i = 0; i < 3; i++) await signal('marketing', i);
  await bureau.aggregate({ scheme: SCHEME, purpose: 'account-review', cohort: cohort(0, 5), columns: ['present'], epsilon: 1 })();
  await bureau.aggregate({
    scheme: SCHEME,
    purpose: 'account-review',
    cohort: cohort(0, 30),
    columns: ['present'],
    epsilon: 3,
  })();
  // And strangers.
  const url = `http://${LENDERS[0]}.test`;
  for (const path of ['/v1/query', '/v1/query', '/elsewhere'])
    await holders.get(LENDERS[0])!.fetch(new Request(url + path, { method: 'POST' }));
};

/** One more question, so that somebody who looks sees the page change. */
export const goOn = async ({ queriers }: Founded, n: number): Promise<void> => {
  const bureau = queriers.get('bureau')!;
  const purpose = n % 5 === 4 ? 'marketing' : 'credit-application';
  await bureau.signal({ scheme: SCHEME, purpose, subject: raw(1000 + n), columns: ['loans'] })();
};
