import { E } from '@vouchsafe/core';
import { createLog, type LogLevel } from '@vouchsafe/service';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';
import { type HolderFlags, openFromFlags, readDocuments } from './open-from-flags.ts';
import { runService } from './run-service.ts';

/** What `holder serve` was told. */
export interface ServeCall extends HolderFlags {
  readonly host: string;
  readonly port: number;
  readonly metricsPort?: number | undefined;
  readonly logLevel: LogLevel;
}

/** Opens the holder and runs it as a service. */
export const serveHolder = async (call: ServeCall, world: World): Result => {
  const log = createLog({ level: call.logLevel, stream: world.stderr });
  const opened = await openFromFlags(call, {
    world,
    // Its message could hold data; its name and the line of code do not.
    onError: (error) =>
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'a request failed by a bug or a fault of the store'),
  });
  return E.isLeft(opened) ? opened : runService({ ...call, holder: opened.right, log, reload: () => readDocuments(call) }, world);
};
