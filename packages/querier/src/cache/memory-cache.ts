import { concatBytes } from '@vouchsafe/core';
import type { IndexCache } from './port.ts';

/** Files that end with the process. */
export const memoryCache = (): IndexCache => {
  const files = new Map<string, Uint8Array>();
  const downloads = new Map<string, Uint8Array>();
  return {
    read: async (name) => files.get(name),
    partial: async (name) => downloads.get(name) ?? new Uint8Array(0),
    write: async (name, from, bytes) => {
      const before = downloads.get(name) ?? new Uint8Array(0);
      downloads.set(name, concatBytes(before.subarray(0, from), bytes));
    },
    complete: async (name) => {
      const file = downloads.get(name);
      if (file) files.set(name, file);
      downloads.delete(name);
    },
    remove: async (name) => {
      files.delete(name);
      downloads.delete(name);
    },
  };
};
