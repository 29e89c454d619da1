export type {
  OpenStoreError,
  StoreDamaged,
  StoreFromLaterVersion,
  StoreFromOtherVersion,
  StoreFull,
  StoreLocked,
  StoreUnwritable,
} from './errors.ts';
export type { StoreFormat } from './format.ts';
export { type LmdbKv, type LmdbOptions, openLmdbKv } from './open-lmdb-kv.ts';
export { type OpenStore, openStore, type StoreUse } from './open-store.ts';
