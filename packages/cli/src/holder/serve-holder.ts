import { E } from '@vouchsafe/core';
import { createLog, type LogLevel } from '@vouchsafe/service';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';
import { type HolderFlags, openFromFlags, readDocuments } from './open-from-flags.ts';
import { openHolder, readHolderDocuments, type Tell } from './open-holder.ts';
import { type Run, runService } from './run-service.ts';

/** What `holder serve` was told. */
export interface ServeCall extends Omit<HolderFlags, 'name' | 'auditorKey'> {
  /** With it everything but places and log comes from its configuration. */
  readonly folder?: string | undefined;
  readonly name?: string | undefined;
  readonly auditorKey?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly metricsPort?: number | undefined;
  readonly logLevel: LogLevel;
}

type Opened = Pick<Run, 'holder' | 'host' | 'port' | 'reload'>;

/** Opens the holder and runs it as a service. */
export const serveHolder = async (call: ServeCall, world: World): Result => {
  const log = createLog({ level: call.logLevel, stream: world.stderr });
  const tell: Tell = {
    // Its message could hold data; its name and the line of code do not.
    onError: (error) =>
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'a request failed by a bug or a fault of the store'),
    onLate: ({ subjects, slots, steps, stepMs }) =>
      log.warn({ subjects, slots, steps, stepMs: Math.ceil(stepMs) }, 'an answer took longer than its tick'),
  };
  const opened = await (call.folder === undefined ? openByFlags(call, world, tell) : openFolder(call.folder, call, world, tell));
  return E.isLeft(opened) ? opened : runService({ ...opened.right, metricsPort: call.metricsPort, log }, world);
};

const openFolder = async (
  folder: string,
  { host, port, passphraseFile }: ServeCall,
  world: World,
  tell: Tell,
): Result<Opened> => {
  const opened = await openHolder({ folder, passphraseFile }, world, tell);
  if (E.isLeft(opened)) return opened;
  const { holder, config } = opened.right;
  return E.right({
    holder,
    host: host ?? config.host,
    port: port ?? config.port,
    reload: async () => {
      const documents = await readHolderDocuments(config, world);
      if (E.isLeft(documents)) return documents;
      const { file, policyDocument, statements } = documents.right;
      return E.right({ federation: file, policy: policyDocument, statements });
    },
  });
};

const openByFlags = async (call: ServeCall, world: World, tell: Tell): Result<Opened> => {
  const { name, auditorKey, host = '127.0.0.1', port = 8787 } = call;
  if (name === undefined || auditorKey === undefined)
    return E.left(
      badInput(
        'give the folder that "vouchsafe holder init" made with --folder, or say all of it with --name, --auditor-key and the flags for records',
      ),
    );
  const holder = await openFromFlags({ ...call, name, auditorKey }, { world, ...tell });
  return E.isLeft(holder) ? holder : E.right({ holder: holder.right, host, port, reload: () => readDocuments(call) });
};
