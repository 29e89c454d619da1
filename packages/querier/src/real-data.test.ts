import { describe, it } from 'vitest';
import { checkRealData, folder } from './real-data.test.fixture.ts';

describe.skipIf(!folder)('real credit data (VOUCHSAFE_SHARED)', () => {
  it('three holders that overlap give the totals of the pooled rows: 3,000 rows', { timeout: 600_000 }, () =>
    checkRealData(3000),
  );
});
