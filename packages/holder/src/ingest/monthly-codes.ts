/** Whose codes a loan's monthly history is written in. */
export type CodeSet = 'pboc' | 'metro2';

/** Days past due in classes: 0 current, 1 = 1–30 days, 2 = 31–60, … 6 = 151–180, 7 = over 180 days or a loss; `-` no information. */
export type DpdClass = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '-';

/**
 * The class of each monthly code.
 *
 * `pboc`: the repayment states of the personal credit report (个人信用报告, explanation of its symbols, Credit Reference Center of the People's Bank of China).
 * `N` normal, `1`–`7` days overdue by thirties, `C` settled, `*` no repayment due, `/` account not opened, `#` opened but unknown. `G` ended other than by
 * settlement, `D` paid by a guarantor and `Z` settled by assets are losses here: the borrower did not pay.
 *
 * `metro2`: Payment History Profile, field 18 of the base segment (CDIA, Credit Reporting Resource Guide). `0` current, `1` = 30–59 days past due, so class 2,
 * … `5` = 150–179 and `6` = 180 or more, so class 7; `E` zero balance and current, `B` no history before this time, `D` no history this month, `G` collection,
 * `H` foreclosure completed, `J` voluntary surrender, `K` repossession, `L` charge-off.
 */
export const MONTHLY_CODES: Readonly<Record<CodeSet, Readonly<Record<string, DpdClass>>>> = {
  pboc: {
    ...{ N: '0', C: '0', '*': '-', '/': '-', '#': '-' },
    ...{ '1': '1', '2': '2', '3': '3', '4': '4', '5': '5', '6': '6', '7': '7' },
    ...{ G: '7', D: '7', Z: '7' },
  },
  metro2: {
    ...{ '0': '0', E: '0', B: '-', D: '-' },
    ...{ '1': '2', '2': '3', '3': '4', '4': '5', '5': '6', '6': '7' },
    ...{ G: '7', H: '7', J: '7', K: '7', L: '7' },
  },
};

/** Months of history that a row can have. */
export const MAX_MONTHS = 60;
