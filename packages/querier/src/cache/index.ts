export { folderCache } from './folder-cache.ts';
export { memoryCache } from './memory-cache.ts';
export type { IndexCache } from './port.ts';
