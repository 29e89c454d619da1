import type { HolderStatus } from '@vouchsafe/holder';

/** Where a supervisor asks: is the process alive, and may requests be sent to it? */
export const HEALTH_ROUTES = { alive: '/healthz', ready: '/readyz' } as const;

/** What a holder needs to answer. */
export type Need = 'running' | 'store' | 'federation' | 'records';

/** May requests be sent to it? */
export interface Readiness {
  readonly ready: boolean;
  /**
   * What is missing: `running` while it is being stopped, `store` when it cannot be read, `federation` when no epoch of the file in use is live here, `records` while those of the epoch that answers are not
   * loaded: its tables or its tag index.
   */
  readonly missing: readonly Need[];
}

/**
 * A holder exists only with a federation file, a policy and keys that fit each other; a newer file or policy that does not fit is not taken into use. So the documents are good, and what is left is what can go away.
 * @param status none when the store cannot be read
 */
export const readinessOf = (status: HolderStatus | undefined, running: boolean): Readiness => {
  const missing: Need[] = [];
  if (!running) missing.push('running');
  if (!status) missing.push('store');
  else if (status.epochs.length === 0) missing.push('federation');
  // The first live epoch answers, while another one behind it may still be loading.
  else if (!status.epochs[0]!.loaded) missing.push('records');
  return { ready: missing.length === 0, missing };
};

const json = (status: number, value: unknown): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });

export const aliveResponse = (): Response => json(200, { alive: true });
export const readyResponse = (readiness: Readiness): Response => json(readiness.ready ? 200 : 503, readiness);
