#!/usr/bin/env node

// Nothing is imported before this: what is imported may not even be read by an older Node.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 20 || (major === 20 && minor >= 19)) await import('./process.ts');
else {
  process.stderr.write(
    `vouchsafe: this is Node ${process.versions.node}, and it needs Node 20.19 or later: install that, e.g. from https://nodejs.org\n`,
  );
  process.exitCode = 2;
}

export {};
