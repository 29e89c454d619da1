// Writes the reference to `packages/docs/api`. Run by `npm run docs:api`, after a build.

import { fileURLToPath } from 'node:url';
import { generateReference } from './generate.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');
const { modules, pages, faults } = await generateReference({ root, out: `${root}/packages/docs/api` });
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stderr.write(`packages/docs/api/index.html: ${modules} modules, ${pages} pages, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
