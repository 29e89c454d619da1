import { describe, it } from 'vitest';
import { checkRealData, folder } from './real-data.test.fixture.ts';

describe.skipIf(!folder)('real credit data, whole (VOUCHSAFE_SHARED)', () => {
  it('three holders that overlap give the totals of the pooled rows: all 30,000', () => checkRealData(30_000));
});
