import { decodeShape, E, record, text } from '@vouchsafe/core';
import { decodeScorecard, namedReasons, type ReasonCatalogue, Scorecard } from '@vouchsafe/scorecard';
import * as t from 'io-ts';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readJson } from '../read-file.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** Reads a scorecard. */
export const readModel = async (path: string): Result<Scorecard> => {
  const json = await readJson(path, MAX_BYTES);
  if (E.isLeft(json)) return json;
  const model = decodeScorecard(json.right);
  return E.isLeft(model) ? E.left(badInput(`${path} is no scorecard: ${model.left.message}`)) : model;
};

/** A scorecard as it stands in a file. */
export const modelText = (scorecard: Scorecard): string => `${JSON.stringify(Scorecard.encode(scorecard), null, 2)}\n`;

interface PlainName {
  readonly en: string;
  readonly zh: string;
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 200 characters', /^\P{Cc}{1,200}$/u);
const Names: t.Type<Readonly<Record<string, PlainName>>, unknown, unknown> = t.record(
  t.string,
  record<PlainName>('names', { en: Name, zh: Name }, {}),
  'names by column',
) as t.Type<Readonly<Record<string, PlainName>>, unknown, unknown>;

/** Reads plain names of characteristics, from which reasons are made. */
export const readReasons = async (path: string): Result<ReasonCatalogue> => {
  const json = await readJson(path, MAX_BYTES);
  if (E.isLeft(json)) return json;
  const names = decodeShape(Names, json.right);
  return E.isLeft(names) ? E.left(badInput(`${path}: ${names.left.message}`)) : E.right(namedReasons(names.right));
};
