import { createInFlight, type InFlight } from '@vouchsafe/core';
import { createContext, type HolderContext } from './context.ts';
import { type CheckedDocuments, logOf } from './documents.ts';
import { openLoaded } from './loaded.ts';
import { createRoutes } from './routes/index.ts';
import { createService, type LoadedScheme, type Sealings } from './service.ts';
import { type Services, servicesOf } from './services.ts';

/** A live epoch, with what is loaded for it. */
export interface LiveEpoch {
  readonly context: HolderContext;
  /** Looks again what the store has. */
  readonly refresh: () => Promise<void>;
}

/** A version of the documents in use. A newer one takes its place while requests go on. */
export interface Edition {
  readonly epochs: readonly LiveEpoch[];
  readonly services: Services;
  readonly fetch: (request: Request) => Promise<Response>;
  /** What goes on under this version. */
  readonly inFlight: InFlight;
  /** Wipes its secrets. */
  readonly close: () => void;
}

/** What outlasts a version of the documents. */
export type Lasting = Pick<HolderContext, 'id' | 'store' | 'group' | 'padTo' | 'clock' | 'records' | 'noise' | 'release'> & {
  readonly sealings: Sealings;
  readonly onError: (error: unknown) => void;
};

/** Opens the live epochs where the store says they stand. */
export const openEdition = async (checked: CheckedDocuments, { sealings, onError, ...lasting }: Lasting): Promise<Edition> => {
  const { federation, policy, member, epochs } = checked;
  const log = logOf(checked, lasting.id);
  const opened = await Promise.all(
    epochs.map(async ({ epoch, masks }) => {
      const context = createContext({ ...lasting, federation, epoch, policy, masks, log });
      // After a restart the store has what was loaded in this epoch, and the holder answers at once.
      let loaded: ReadonlyMap<string, LoadedScheme> | undefined = await openLoaded(context);
      const refresh = async (): Promise<void> => {
        loaded = await openLoaded(context);
      };
      return { context, refresh, service: createService({ context, loaded: () => loaded, sealings, onError }) };
    }),
  );
  const services = servicesOf(opened.map(({ service }) => service));
  const routes = createRoutes(services, new URL(member.url!));
  const inFlight = createInFlight();
  return {
    epochs: opened,
    services,
    fetch: (request) => inFlight.run(async () => routes.fetch(request)),
    inFlight,
    close: () => {
      for (const { masks } of epochs) for (const { secret } of masks) secret.wipe();
    },
  };
};
