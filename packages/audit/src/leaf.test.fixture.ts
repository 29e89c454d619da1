import { rational } from '@vouchsafe/core';
import type { MatchLeaf, OpenLeaf, QueryLeaf, SampleLeaf, SealLeaf } from './leaf.ts';

const hash = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);

export const queryLeaf = (part: Partial<QueryLeaf> = {}): QueryLeaf => ({
  leaf: 'query',
  version: 1,
  time: 1_780_000_000,
  querier: 'bureau',
  scheme: 'cn-rid',
  epoch: 3,
  kind: 'aggregate',
  digest: hash(1, 64),
  cohortRoot: hash(2),
  cohortSize: 500,
  purpose: 'credit-application',
  columns: ['present', 'outstanding'],
  matched: hash(3),
  charge: rational(1, 2),
  policy: hash(4),
  answer: hash(5),
  ...part,
});

export const matchLeaf = (part: Partial<MatchLeaf> = {}): MatchLeaf => ({
  leaf: 'match',
  version: 1,
  time: 1_780_000_100,
  querier: 'bureau',
  scheme: 'e164',
  epoch: 3,
  elements: 1000,
  request: hash(6),
  answer: hash(7),
  policy: hash(4),
  ...part,
});

export const sealLeaf = (part: Partial<SealLeaf> = {}): SealLeaf => ({
  leaf: 'seal',
  version: 1,
  time: 1_779_999_000,
  querier: 'bureau',
  scheme: 'cn-rid',
  epoch: 3,
  stage: 'sent',
  rows: 4096,
  root: hash(8),
  commitment: hash(9),
  policy: hash(4),
  ...part,
});

export const openLeaf = (part: Partial<OpenLeaf> = {}): OpenLeaf => ({
  leaf: 'open',
  version: 1,
  time: 1_780_000_200,
  querier: 'bureau',
  scheme: 'cn-rid',
  epoch: 3,
  auditor: 'central-bank',
  entry: 2,
  digest: hash(1, 64),
  subjects: 1,
  ...part,
});

export const sampleLeaf = (part: Partial<SampleLeaf> = {}): SampleLeaf => ({
  leaf: 'sample',
  version: 1,
  time: 1_780_000_300,
  querier: 'bureau',
  scheme: 'cn-rid',
  epoch: 3,
  auditor: 'central-bank',
  root: hash(8),
  seed: hash(10),
  rows: 460,
  ...part,
});
