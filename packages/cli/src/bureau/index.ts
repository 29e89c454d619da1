import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineBureauAggregate } from './aggregate.ts';
import { defineBureauBins } from './bins.ts';
import { defineBureauInit } from './init.ts';
import { defineBureauMatch } from './match.ts';
import { defineBureauOpen } from './open.ts';
import { defineBureauQuote } from './quote.ts';
import { defineBureauScore } from './score.ts';
import { defineBureauSignal } from './signal.ts';
import { defineBureauStatement } from './statement.ts';
import { defineBureauSync } from './sync.ts';

/** `bureau …` */
export const defineBureau = (program: Command, act: Act): void => {
  const bureau = program.command('bureau').description('the bureau’s side: seal with the lenders, ask them, score');
  for (const define of [
    defineBureauInit,
    defineBureauSync,
    defineBureauQuote,
    defineBureauMatch,
    defineBureauAggregate,
    defineBureauBins,
    defineBureauSignal,
    defineBureauScore,
    defineBureauOpen,
    defineBureauStatement,
  ])
    define(bureau, act);
  showCommandsAfterError(bureau);
};
