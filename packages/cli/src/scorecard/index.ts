import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineFit } from './fit.ts';
import { defineReport } from './report.ts';
import { defineScore } from './score.ts';

/** `scorecard …` */
export const defineScorecard = (program: Command, act: Act): void => {
  const scorecard = program
    .command('scorecard')
    .description('credit scorecards over files of rows: fit one, measure it, score with it');
  for (const define of [defineFit, defineReport, defineScore]) define(scorecard, act);
  showCommandsAfterError(scorecard);
};
