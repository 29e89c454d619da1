import { createInFlight, E } from '@vouchsafe/core';
import type { Holder, HolderStatus } from '@vouchsafe/holder';
import { aliveResponse, HEALTH_ROUTES, type Readiness, readinessOf, readyResponse } from './health.ts';
import { type Log, logAnswer } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { shuttingDown, turnedAwayResponse } from './problem.ts';

/** A holder with what its operator needs around it: health, figures, a log. Opens no port. */
export interface Service {
  /** `/healthz`, `/readyz`, and everything else as the holder answers it. Never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly log: Log | undefined;
  /** From now on new requests get 503; those under way go on. */
  readonly drain: () => void;
  readonly isDraining: () => boolean;
  /** Stops watching, waits for what is under way, and closes the holder with its store. */
  readonly close: () => Promise<void>;
}

/** The status is read from the store at most so often, however many ask for it. */
const STATUS_MS = 1000;

/**
 * Puts health, metrics and a log around a holder.
 * @param holder taken over: closed with the service
 * @param log none by default
 */
export const createService = ({ holder, log }: { readonly holder: Holder; readonly log?: Log | undefined }): Service => {
  let running = true;
  let closed: Promise<void> | undefined;
  // A client that hung up does not stop what was begun for it, and that needs the store.
  const inFlight = createInFlight();
  const status = createStatus(holder);
  const metrics = createMetrics(status);
  const unobserve = holder.observe((answered) => {
    metrics.answered(answered);
    if (log) logAnswer(log, answered);
  });
  const readiness = async (): Promise<Readiness> => readinessOf(await status(), running);
  return {
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === HEALTH_ROUTES.alive) return aliveResponse();
      if (pathname === HEALTH_ROUTES.ready) return readyResponse(await readiness());
      if (!running) {
        metrics.rejected('ShuttingDown');
        return turnedAwayResponse(shuttingDown);
      }
      return inFlight.run(() => holder.fetch(request));
    },
    readiness,
    metrics,
    log,
    drain: () => {
      running = false;
    },
    isDraining: () => !running,
    close: () => {
      running = false;
      closed ??= (async () => {
        await inFlight.settled();
        unobserve();
        await holder.close();
      })();
      return closed;
    },
  };
};

/** The holder's status as of a second ago at most; none when its store cannot be read. */
const createStatus = (holder: Holder): (() => Promise<HolderStatus | undefined>) => {
  let read: Promise<HolderStatus | undefined> | undefined;
  let at = Number.NEGATIVE_INFINITY;
  const readNow = async (): Promise<HolderStatus | undefined> => {
    try {
      const status = await holder.status()();
      return E.isLeft(status) ? undefined : status.right;
    } catch {
      // A store that is closed says so by throwing.
      return undefined;
    }
  };
  return () => {
    if (read === undefined || performance.now() - at >= STATUS_MS) {
      at = performance.now();
      read = readNow();
    }
    return read;
  };
};
