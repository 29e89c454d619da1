// Checks every public package as it would be published: what is in its tarball, its entry points and types, its README. `--sbom FILE` writes a software bill of materials besides.
// Run by `npm run check:packages` and `npm run sbom`, after a build.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const run = promisify(execFile);
const root = new URL('../', import.meta.url).pathname;
const { values } = parseArgs({ options: { sbom: { type: 'string' } } });
const PNPM = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).packageManager;
/** ES modules only: what CommonJS and the resolution of Node 10 cannot do is on purpose. */
const ON_PURPOSE = new Set(['node10', 'node16-cjs']);

/** The public packages, by name. */
const publicPackages = async () => {
  const found = [];
  for (const folder of await readdir(join(root, 'packages'))) {
    const path = join(root, 'packages', folder);
    const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    if (manifest.private !== true) found.push({ folder, path, name: manifest.name });
  }
  return found;
};

/** Names and texts of a tarball's files, without the folder `package`. */
const untar = (tarball) => {
  const bytes = gunzipSync(tarball);
  const files = new Map();
  const text = (from, length) =>
    bytes
      .subarray(from, from + length)
      .toString('utf8')
      .replace(/\0[\s\S]*$/, '');
  let longName;
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = String.fromCharCode(bytes[at + 156]);
    const prefix = text(at + 345, 155);
    const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + text(at, 100);
    const body = bytes.subarray(at + 512, at + 512 + size);
    longName = undefined;
    if (type === 'x') longName = /\d+ path=([^\n]+)\n/.exec(body.toString('utf8'))?.[1];
    else files.set(name.replace(/^package\//, ''), body);
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
};

/** What the tarball has and should not have, or has not and should. */
const contentFaults = (files) => {
  const faults = [];
  for (const needed of ['package.json', 'README.md', 'LICENSE']) if (!files.has(needed)) faults.push(`${needed} is missing`);
  for (const name of files.keys()) {
    if (/\.(test|long|fixture)\.|tsbuildinfo|(^|\/)\.(?!\/)/.test(name)) faults.push(`${name} should not be published`);
    if (!/^(dist|src)\/|^(package\.json|LICENSE|[A-Z]+\.md|openapi\.yaml)$/.test(name)) faults.push(`${name} is unexpected`);
  }
  const manifest = JSON.parse(files.get('package.json').toString('utf8'));
  if (/"(workspace|catalog|link|file):/.test(JSON.stringify(manifest.dependencies ?? {})))
    faults.push('a dependency has no version that a registry knows');
  for (const key of ['name', 'version', 'description', 'license', 'engines', 'files'])
    if (manifest[key] === undefined) faults.push(`package.json has no ${key}`);
  for (const target of JSON.stringify(manifest.exports ?? {}).matchAll(/"(\.\/[^"]+\.(?:js|d\.ts|ts))"/g))
    if (!files.has(target[1].slice(2))) faults.push(`${target[1]} is exported and missing`);
  for (const target of Object.values(manifest.bin ?? {}))
    if (!files.get(target.replace('./', ''))?.toString('utf8').startsWith('#!/usr/bin/env node'))
      faults.push(`${target} is no program`);
  // A source map without its source is of no use.
  for (const [name, body] of files)
    if (name.endsWith('.js.map'))
      for (const source of JSON.parse(body.toString('utf8')).sources)
        if (!files.has(new URL(source, `file:///${name}`).pathname.slice(1)))
          faults.push(`${name} names a source that is missing`);
  return faults;
};

/** The README's programs, run beside the package: what it shows, works. */
const readmeFaults = async ({ path }, files) => {
  const readme = files.get('README.md')?.toString('utf8') ?? '';
  const faults = [];
  if (!/^# @vouchsafe\//.test(readme)) faults.push('README.md does not begin with the package’s name');
  if (!/```/.test(readme)) faults.push('README.md shows no example');
  for (const [, link] of readme.matchAll(/\]\((?!https?:|#|\.\.\/)([^)#]+)/g))
    if (!files.has(link)) faults.push(`README.md points to ${link}, which is not in the package`);
  if (!SHOWN.has(path.split('/').at(-1))) return faults;
  for (const [, code] of readme.matchAll(/```ts\n([\s\S]*?)```/g))
    try {
      await run(process.execPath, ['--input-type=module', '-e', code], { cwd: path, timeout: 60_000 });
    } catch (error) {
      faults.push(
        `an example of README.md fails: ${String(error.stderr ?? error)
          .split('\n')
          .find((line) => /Error/.test(line))}`,
      );
    }
  return faults;
};
/** Whose examples stand for themselves; the others' have names in them that the reader fills in. */
const SHOWN = new Set([
  'console',
  'core',
  'group',
  'holder',
  'identity',
  'join',
  'oprf',
  'privacy',
  'protocol',
  'psi',
  'querier',
  'service',
]);

const check = async (one, tarball) => {
  const bytes = await readFile(tarball);
  const files = untar(bytes);
  const faults = [...contentFaults(files), ...(await readmeFaults(one, files))];
  const manifest = JSON.parse(files.get('package.json').toString('utf8'));
  const { messages } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
    strict: true,
  });
  for (const message of messages) faults.push(`publint: ${formatMessage(message, manifest)}`);
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
  if (types.types === false) faults.push('attw: no types');
  else
    for (const problem of types.problems)
      if (!ON_PURPOSE.has(problem.resolutionKind))
        faults.push(`attw: ${problem.kind} ${problem.entrypoint ?? ''} ${problem.resolutionKind ?? ''}`);
  return { name: one.name, files: files.size, bytes: bytes.length, faults };
};

/** What somebody gets who installs everything with npm: npm's own bill, in CycloneDX. The lock file alone is enough for it. */
const billOfMaterials = async (folder, tarballs, target) => {
  const dependencies = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = { name: 'vouchsafe', version: '0.1.0', license: 'Apache-2.0', dependencies, overrides: dependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const options = { cwd: folder, maxBuffer: 2 ** 28 };
  await run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], options);
  const { stdout } = await run('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--omit', 'dev'], options);
  const bill = JSON.parse(stdout);
  await writeFile(target, `${JSON.stringify(bill, null, 2)}\n`);
  process.stderr.write(`${target}: ${bill.components.length} components, ${bill.bomFormat} ${bill.specVersion}\n`);
};

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-packages-'));
try {
  const packages = await publicPackages();
  const pack = ['exec', '--yes', '--call=', `--package=${PNPM}`, '--', 'pnpm', '-r'];
  await run('npm', [...pack, ...packages.flatMap(({ name }) => ['--filter', name]), 'pack', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const tarballs = await readdir(folder);
  const tarballOf = ({ name }) =>
    join(
      folder,
      tarballs.find((file) => new RegExp(`^${name.replace('@', '').replace('/', '-')}-\\d`).test(file)),
    );
  if (values.sbom !== undefined)
    await billOfMaterials(
      folder,
      packages.map((one) => ({ ...one, tarball: tarballOf(one) })),
      values.sbom,
    );
  else {
    let bad = 0;
    for (const one of packages) {
      const { name, files, bytes, faults } = await check(one, tarballOf(one));
      process.stdout.write(
        `${faults.length === 0 ? 'good' : 'BAD '} ${name.padEnd(24)} ${files} files, ${Math.ceil(bytes / 1024)} KiB\n`,
      );
      for (const fault of faults) process.stdout.write(`     ${fault}\n`);
      bad += faults.length;
    }
    process.stdout.write(bad === 0 ? `${packages.length} packages are fit to be published\n` : `${bad} faults\n`);
    process.exitCode = bad === 0 ? 0 : 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
