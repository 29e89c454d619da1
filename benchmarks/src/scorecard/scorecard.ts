import { E } from '@vouchsafe/core';
import { fitScorecard, rankingOf, SELECTION, scoreTable } from '@vouchsafe/scorecard';
import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { median } from '../rounds.ts';
import { sizeName } from '../size-name.ts';
import { syntheticSample } from './sample.ts';

const ROWS = 1_000_000;
const CHARACTERISTICS = 20;

const rightOf = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new RangeError(result.left.message);
  return result.right;
};

/**
 * A million subjects with twenty characteristics on one thread: bins found, selected and fitted (all twenty get in, so that none is saved), and every row scored.
 * `auc` is that of the scores on the rows of the fit: it shows that the work was done, not how good a model is.
 */
export const scorecard: Case = async ({ rounds, rows = ROWS }) => {
  const { table, bad } = syntheticSample({ rows, characteristics: CHARACTERISTICS });
  const selection = { ...SELECTION, minIv: 0, maxCorrelation: 1, maxPValue: null, wrongSign: 'keep' } as const;
  const fit = async () => rightOf(await fitScorecard({ name: 'benchmark', table, bad, selection })());
  const fitSeconds: number[] = [];
  let fitted = await fit();
  for (let round = 0; round < Math.min(3, rounds); round++) {
    const start = performance.now();
    fitted = await fit();
    fitSeconds.push((performance.now() - start) / 1000);
  }
  const { characteristics } = fitted.scorecard;
  if (characteristics.length !== CHARACTERISTICS) throw new RangeError('the benchmark must score all characteristics');
  const scoreSeconds: number[] = [];
  let scores = rightOf(scoreTable(fitted.scorecard, table));
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    scores = rightOf(scoreTable(fitted.scorecard, table));
    scoreSeconds.push((performance.now() - start) / 1000);
  }
  const { auc } = rightOf(rankingOf(scores, bad));
  const backend = 'JavaScript, one thread';
  const about = { backend, n: rows, warmUp: 1 };
  return {
    backend,
    figures: {
      [`scoreSeconds${sizeName(rows)}`]: median(scoreSeconds),
      [`fitSeconds${sizeName(rows)}`]: median(fitSeconds),
      auc,
      rows,
      characteristics: CHARACTERISTICS,
    },
    ratios: {},
    measurements: [
      measurement({ ...about, name: 'scorecardFit', seconds: fitSeconds }),
      measurement({ ...about, name: 'scorecardScore', seconds: scoreSeconds }),
    ],
  };
};
