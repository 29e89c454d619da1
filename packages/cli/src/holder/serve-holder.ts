import { E } from '@vouchsafe/core';
import { createLog, type Log, type LogLevel } from '@vouchsafe/service';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';
import { readHolderConfig } from './config.ts';
import { configFromFlags, type HolderFlags } from './config-from-flags.ts';
import { openHolder, readHolderDocuments, type Tell } from './open-holder.ts';
import { runService } from './run-service.ts';

/** What `holder serve` was told. */
export interface ServeCall extends HolderFlags {
  /** With it everything but places and log comes from its configuration. */
  readonly folder?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly metricsPort?: number | undefined;
  readonly consolePort?: number | undefined;
  readonly logLevel: LogLevel;
}

/** Opens the holder and runs it as a service. */
export const serveHolder = async (call: ServeCall, world: World): Result => {
  const config = call.folder === undefined ? configFromFlags(call) : await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const log = createLog({ level: call.logLevel, stream: world.stderr });
  const opened = await openHolder({ config: config.right, passphraseFile: call.passphraseFile }, world, inLog(log));
  if (E.isLeft(opened)) return opened;
  const { host = config.right.host, port = config.right.port, metricsPort, consolePort } = call;
  const { name } = config.right;
  const reload = async () => {
    const documents = await readHolderDocuments(config.right, world);
    if (E.isLeft(documents)) return documents;
    const { file, policyDocument, statements } = documents.right;
    return E.right({ federation: file, policy: policyDocument, statements });
  };
  return runService({ holder: opened.right.holder, name, host, port, metricsPort, consolePort, log, reload }, world);
};

const inLog = (log: Log): Tell => ({
  // Its message could hold data; its name and the line of code do not.
  onError: (error) =>
    log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'a request failed by a bug or a fault of the store'),
  onLate: ({ subjects, slots, steps, stepMs }) =>
    log.warn({ subjects, slots, steps, stepMs: Math.ceil(stepMs) }, 'an answer took longer than its tick'),
});
