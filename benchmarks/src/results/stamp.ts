import * as t from 'io-ts';

/** What a case ran on. No host name: it would tell nothing about the figures. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly cpu: string;
  readonly cores: number;
  /** Operating system and architecture, e.g. `linux x64`. */
  readonly system: string;
  readonly memoryGiB: number;
}

export const Machine: t.Type<Machine> = t.strict({
  node: t.string,
  v8: t.string,
  cpu: t.string,
  cores: t.number,
  system: t.string,
  memoryGiB: t.number,
});

/** Where a figure comes from: every result carries one, so that it can be cut out of its file and still be understood. */
export interface Stamp {
  /** One process that ran one case; another run has another name. */
  readonly run: string;
  readonly case: string;
  /** The revision that was measured; `-changed` behind it where files differ from it, `unknown` outside of a checkout. */
  readonly commit: string;
  /** When the case began, UTC, ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
}

export const Stamp: t.Type<Stamp> = t.strict({ run: t.string, case: t.string, commit: t.string, at: t.string, machine: Machine });
