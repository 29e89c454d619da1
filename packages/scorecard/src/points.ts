import type { BinTable } from './bin-table.ts';
import type { Binning } from './binning.ts';
import type { Conventions } from './conventions.ts';
import type { LogisticFit } from './logistic.ts';
import { pointsAt, pointsPerLogOdds, roundPoints, type Scaling } from './scaling.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';

/** Scales a fitted regression to a scorecard. */
export const scorecardOf = ({
  name,
  conventions,
  scaling,
  presence,
  characteristics,
  fit,
  l2,
}: {
  readonly name: string;
  readonly conventions: Conventions;
  readonly scaling: Scaling;
  readonly presence: string | null;
  /** In the order of the fit's coefficients. */
  readonly characteristics: readonly { readonly binning: Binning; readonly table: BinTable }[];
  readonly fit: LogisticFit;
  readonly l2: number;
}): Scorecard => {
  const factor = pointsPerLogOdds(scaling);
  const intercept = pointsAt(scaling, fit.intercept.estimate);
  const spread = scaling.intercept === 'spread' ? intercept / characteristics.length : 0;
  const expected = conventions.woe === 'ln(bad/good)' ? 1 : -1;
  return {
    format: 'vouchsafe-scorecard',
    version: 1,
    name,
    conventions,
    scaling,
    presence,
    base: scaling.intercept === 'spread' ? 0 : roundPoints(scaling, intercept),
    intercept: fit.intercept,
    characteristics: characteristics.map(({ binning, table }, j): Characteristic => {
      const coefficient = fit.coefficients[j]!;
      return {
        name: table.name,
        binning,
        iv: table.iv,
        coefficient,
        signOk: coefficient.estimate * expected > 0,
        bins: table.bins.map(({ label, good, bad, woe }) => {
          const silent = good + bad === 0 && conventions.emptyBin === 'noScore';
          const points = silent ? null : roundPoints(scaling, spread - factor * coefficient.estimate * woe);
          return { label, good, bad, woe: woe + 0, points };
        }),
      };
    }),
    sample: {
      good: characteristics[0]!.table.good,
      bad: characteristics[0]!.table.bad,
      l2,
      iterations: fit.iterations,
      logLikelihood: fit.logLikelihood,
    },
  };
};
