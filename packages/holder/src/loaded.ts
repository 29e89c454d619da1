import { paddedSize } from '@vouchsafe/psi/index';
import type { HolderContext } from './context.ts';
import { serverOf } from './match-index.ts';
import type { LoadedScheme } from './service.ts';

/** What the store has for this epoch, by scheme; nothing while a scheme is missing, since the records have to be loaded then. */
export const openLoaded = async (context: HolderContext): Promise<ReadonlyMap<string, LoadedScheme> | undefined> => {
  const { epoch, federation, padTo, store } = context;
  const loaded = new Map<string, LoadedScheme>();
  for (const scheme of federation.schemes) {
    if ((await store.loaded(scheme, epoch.number)) === undefined) return undefined;
    const index = await (await store.index(scheme, epoch.number)).read();
    const size = await (await store.bulkSet(scheme, epoch.number)).size();
    loaded.set(scheme, {
      ...(index ? { match: { server: await serverOf(context, scheme), manifest: index.manifest } } : {}),
      ...(size === undefined ? {} : { bulk: paddedSize(size, padTo) }),
    });
  }
  return loaded;
};
