import { type CategoricalBinning, type NumericBinning, regularBins } from './binning.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';

/** An identifier in standard SQL: in double quotes, a quote inside doubled. @throws RangeError for an empty name or one with a zero character */
export const quoteIdentifier = (name: string): string => {
  if (name === '' || name.includes('\0')) throw new RangeError('an SQL identifier is not empty and has no zero character');
  return `"${name.replaceAll('"', '""')}"`;
};

/** A text in standard SQL. */
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * A double in standard SQL: with an exponent it is an approximate number, not a decimal, and JavaScript's shortest digits are read back as the same double.
 */
const double = (value: number): string => value.toExponential();

const LARGEST = double(Number.MAX_VALUE);

/**
 * The score as one SQL expression over the columns of a table: `base + CASE … END + CASE … END`, from left to right, as `scoreTable` adds, so that an engine
 * with IEEE doubles gives the same score to the last bit. `NULL` where there is no score. A missing value is `NULL` or, in a column of doubles, `NaN`.
 * Only standard SQL: `CASE`, comparisons, `CAST`.
 * @param column how a characteristic's column is written; by default its name, quoted
 */
export const scoreSql = (scorecard: Scorecard, column: (name: string) => string = quoteIdentifier): string => {
  const terms = scorecard.characteristics.map((one) => caseOf(one, column(one.name)));
  const sum = terms.reduce((before, term) => `(${before}\n+ ${term})`, double(scorecard.base));
  if (scorecard.presence === null) return sum;
  const present = `CAST(${column(scorecard.presence)} AS DOUBLE PRECISION)`;
  return `CASE WHEN ${present} >= 1e+0 AND ${present} <= ${LARGEST} THEN ${sum} END`;
};

/** A whole `SELECT`: the columns to keep, and the score. */
export const scoreSelect = ({
  scorecard,
  from,
  keep,
  as = 'score',
}: {
  readonly scorecard: Scorecard;
  /** The table's name; it is quoted. */
  readonly from: string;
  /** Columns that the result has beside the score; they are quoted. */
  readonly keep: readonly string[];
  readonly as?: string | undefined;
}): string =>
  `SELECT ${[...keep.map(quoteIdentifier), `${scoreSql(scorecard)} AS ${quoteIdentifier(as)}`].join(', ')}\nFROM ${quoteIdentifier(from)}`;

const caseOf = ({ binning, bins }: Characteristic, column: string): string => {
  const points = bins.map((bin) => (bin.points === null ? 'NULL' : double(bin.points)));
  const whens = binning.kind === 'numeric' ? numericWhens(binning, column, points) : levelWhens(binning, column, points);
  return `CASE\n${whens.map((when) => `  ${when}`).join('\n')}\nEND`;
};

const numericWhens = (binning: NumericBinning, column: string, points: readonly string[]): readonly string[] => {
  const x = `CAST(${column} AS DOUBLE PRECISION)`;
  const intervals = regularBins(binning);
  const below = binning.closed === 'left' ? '<' : '<=';
  return [
    `WHEN ${x} IS NULL OR ${x} = CAST('NaN' AS DOUBLE PRECISION) THEN ${points[points.length - 1]}`,
    ...binning.specials.map(
      ({ values }, i) => `WHEN ${values.map((value) => `${x} = ${double(value)}`).join(' OR ')} THEN ${points[intervals + i]}`,
    ),
    // What is infinite has no bin.
    `WHEN ${x} < -${LARGEST} OR ${x} > ${LARGEST} THEN NULL`,
    ...binning.breaks.map((edge, i) => `WHEN ${x} ${below} ${double(edge)} THEN ${points[i]}`),
    `ELSE ${points[intervals - 1]}`,
  ];
};

const levelWhens = (binning: CategoricalBinning, column: string, points: readonly string[]): readonly string[] => {
  const x = `CAST(${column} AS VARCHAR)`;
  const missing = points[points.length - 1];
  const groups = [...binning.groups, ...binning.specials.map(({ values }) => values)];
  return [
    `WHEN ${x} IS NULL THEN ${missing}`,
    ...groups.map((levels, i) => `WHEN ${x} IN (${levels.map(quoteText).join(', ')}) THEN ${points[i]}`),
    `ELSE ${binning.unseen === 'missing' ? missing : 'NULL'}`,
  ];
};
