/** Draws from a seeded generator. */
export interface Draw {
  /** In [0, 1). */
  readonly uniform: () => number;
  /** A whole number in [from, to]. */
  readonly whole: (from: number, to: number) => number;
}

/** Somebody who does not exist. */
export interface MadeUp {
  readonly nationalId: string;
  /** How likely late payments are, in [0, 1). */
  readonly risk: number;
  /** Did not pay in the year after. */
  readonly bad: boolean;
}

/** No province of GB/T 2260 has the code 77, so no card was or can be issued under it. */
const AREA = '770000';
const FIRST_BIRTH_DAY = Date.UTC(1960, 0, 1) / 86_400_000;
const BIRTH_DAYS = 14_000;

/** @param count at most so many as there are days: each is born on a day of their own */
export const madeUpPeople = (count: number, draw: Draw): readonly MadeUp[] =>
  Array.from({ length: count }, (_, i) => {
    const day = FIRST_BIRTH_DAY + ((i * 7919) % BIRTH_DAYS);
    const birth = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const serial = String(100 + Math.floor(i / BIRTH_DAYS)).padStart(3, '0');
    const risk = draw.uniform();
    return { nationalId: withCheck(`${AREA}${birth}${serial}`), risk, bad: draw.uniform() < 0.02 + 0.9 * risk ** 3 };
  });

/** GB 11643-1999 (ISO 7064 MOD 11-2): Σ aᵢ·2^(i−1) ≡ 1 (mod 11), i counted from the right. */
const withCheck = (digits: string): string => {
  let remainder = 0;
  for (const digit of digits) remainder = ((remainder + Number(digit)) * 2) % 11;
  return `${digits}${'0123456789X'[(12 - remainder) % 11]}`;
};
