import { writeSync } from 'node:fs';
import { appendEntry } from '@vouchsafe/audit';
import { createSigner, E, i2osp, Secret } from '@vouchsafe/core';
import { openLmdbKv } from './index.ts';

/** Appends entries to a log without end, eight at a time, and says the index of each that was acknowledged: `node log.test.child.js <folder>`. */
const opened = await openLmdbKv({ folder: process.argv[2]!, format: { name: 'test', version: 1 } })();
if (E.isLeft(opened)) throw new Error(opened.left.message);
const kv = opened.right;
const signer = createSigner(new Secret(new Uint8Array(32).fill(7)));
let next = 0;
const appending = async (): Promise<void> => {
  for (;;) {
    const entry = i2osp(next++, 6);
    const receipt = await kv.commit((writer) => appendEntry(writer, { entry, signer, origin: 'test/ant' }));
    if (E.isLeft(receipt)) throw new Error(receipt.left.message);
    writeSync(1, `${receipt.right.index}\n`);
  }
};
writeSync(1, 'open\n');
await Promise.all(Array.from({ length: 8 }, appending));
