import { E, type Either } from '@vouchsafe/core';
import type { Holder, LoadError } from '@vouchsafe/holder';
import { createService, type Log, serve } from '@vouchsafe/service';
import { fine } from '../command.ts';
import { EXIT, type Failure, failure, interrupted } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';

/** An open holder, and where it shall listen. */
export interface Run {
  /** Taken over: closed at the end. */
  readonly holder: Holder;
  /** Its name in the federation. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly metricsPort?: number | undefined;
  /** The console's page; not at all by default. */
  readonly consolePort?: number | undefined;
  readonly log: Log;
  /** Reads federation file and policy again. */
  readonly reload: () => Result<{
    readonly federation: unknown;
    readonly policy: unknown;
    readonly statements?: readonly unknown[];
  }>;
}

/** Runs a holder as a service until the world's signal: listens, loads what is not loaded, answers, and ends in order. */
export const runService = async (run: Run, world: World): Result => {
  const { holder, host, port, metricsPort, log, reload } = run;
  const service = createService({ holder, log });
  const serving = await serve(service, { port, hostname: host, metricsPort })();
  if (E.isLeft(serving)) {
    await service.close();
    return E.left(failure(serving.left, EXIT.unreachable));
  }
  const shown = await openConsole(run);
  if (E.isLeft(shown)) {
    await serving.right.close();
    return shown;
  }
  const load = () => loadRecords(holder, { log, signal: world.signal });
  const forget = world.onHangUp?.(() => void adopt({ holder, log, reload, load })) ?? (() => undefined);
  const loaded = await load();
  if (E.isRight(loaded)) await stopped(world.signal);
  forget();
  // It reads the store, which closes with the service.
  await shown.right.close();
  const cutOff = await serving.right.close();
  if (E.isLeft(loaded)) return loaded.left._tag === 'Aborted' ? E.left(interrupted) : E.left(loadFailure(loaded.left));
  return fine(cutOff === 0 ? 'stopped; every answer under way was finished' : `stopped; ${cutOff} answers were cut off`, {
    port: serving.right.port,
    cutOff,
  });
};

/** Opens the console's page where one is asked for. It is there before the records are loaded, so that one sees them come. */
const openConsole = async ({ holder, name, consolePort, log }: Run): Result<{ readonly close: () => Promise<void> }> => {
  if (consolePort === undefined) return E.right({ close: async () => undefined });
  // Only now: who serves without it need not load it.
  const { serveConsole } = await import('@vouchsafe/console');
  const opened = await serveConsole({ holder, name, port: consolePort })();
  if (E.isLeft(opened)) return E.left(failure(opened.left, EXIT.unreachable));
  const { url, close } = opened.right;
  log.info({ url }, 'the console is open, for this machine only');
  return E.right({ close });
};

const loadRecords = async (
  holder: Holder,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Either<LoadError, void>> => {
  const loaded = await holder.load({ signal })();
  if (E.isLeft(loaded)) return loaded;
  for (const { scheme, rows, subjects, rejected } of loaded.right.schemes)
    log.info({ scheme, rows, subjects, rejected }, 'records are loaded');
  return E.right(undefined);
};

/** Takes a newer federation file and policy into use, and loads what is new in them. What does not fit is told, and what was in use stays. */
const adopt = async ({
  holder,
  log,
  reload,
  load,
}: Pick<Run, 'holder' | 'log' | 'reload'> & { readonly load: () => Promise<Either<LoadError, void>> }): Promise<void> => {
  const refused = ({ _tag, message }: { readonly _tag: string; readonly message: string }): void =>
    log.error({ code: _tag, reason: message }, 'federation file and policy were not taken into use');
  const documents = await reload();
  if (E.isLeft(documents)) return refused(documents.left);
  const adopted = await holder.adopt(documents.right)();
  if (E.isLeft(adopted)) return refused(adopted.left);
  log.info('federation file and policy are in use as they are now');
  const loaded = await load();
  if (E.isLeft(loaded)) log.error({ code: loaded.left._tag, reason: loaded.left.message }, 'records were not loaded');
};

const loadFailure = (error: LoadError): Failure => failure(error, error._tag.startsWith('Store') ? EXIT.unreachable : EXIT.usage);

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
