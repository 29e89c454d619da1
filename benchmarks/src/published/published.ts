/** A figure that somebody else published, on a machine of theirs. */
export interface Published {
  readonly system: string;
  readonly task: string;
  readonly n: string;
  readonly seconds: string;
  /** As published; – where the source names none. */
  readonly bytes: string;
  readonly threads: string;
  readonly machine: string;
  readonly network: string;
  readonly security: string;
  readonly source: number;
}

/** Where the figures stand, so that everybody can look them up. */
export const SOURCES: readonly string[] = [
  'S. Raghuraman, P. Rindal: Blazing Fast PSI from Improved OKVS and Subfield VOLE. ACM CCS 2022 (ePrint 2022/320), section 5 and table 2',
  'SecretFlow PSI, docs/user_guide/psi_v2_benchmark.md, github.com/secretflow/psi, commit 1802ae1 (two containers on one host)',
  'SecretFlow PSI, docs/user_guide/apsi_benchmark.md, github.com/secretflow/psi, commit 197d155 (Microsoft APSI inside SecretFlow, default parameters; its authors say that they are not the best ones)',
];

/** Said under the table. */
export const NOT_LISTED =
  'Not listed, because we found no primary source that names figures together with the machine and threads: Google Private Join and Compute, and Microsoft APSI measured by its own authors.';

const RR22 = {
  system: 'RR22 (fast)',
  task: 'intersection of two sets',
  machine: 'laptop, Intel i7-9750H, 16 GB, both parties',
  network: 'LAN, about 1 Gbit/s',
  security: 'semi-honest, no identities checked',
  source: 1,
} as const;

const SECRETFLOW = {
  task: 'intersection of two sets, from and to CSV files',
  bytes: '–',
  threads: 'not stated',
  machine: '8 cores, 16 GB a party (CPU not stated)',
  security: 'semi-honest',
  source: 2,
} as const;

/** Native systems (C++), as published. None was run here: they are for orientation, and no ratio is made with them. */
export const PUBLISHED: readonly Published[] = [
  { ...RR22, n: '2^16', seconds: '0.051', bytes: '241 bit an element', threads: '1 a party' },
  { ...RR22, n: '2^20', seconds: '0.369', bytes: '251 bit an element', threads: '1 a party' },
  { ...RR22, n: '2^24', seconds: '6.987', bytes: '260 bit an element', threads: '1 a party' },
  { ...RR22, n: '2^20', seconds: '0.16', bytes: '251 bit an element', threads: '4 a party' },
  { ...SECRETFLOW, system: 'SecretFlow RR22 (fast)', n: '10^7', seconds: '19', network: 'LAN' },
  { ...SECRETFLOW, system: 'SecretFlow RR22 (fast)', n: '10^7', seconds: '44', network: '100 Mbit/s, 10 ms' },
  { ...SECRETFLOW, system: 'SecretFlow RR22 (low communication)', n: '10^7', seconds: '37', network: '100 Mbit/s, 10 ms' },
  { ...SECRETFLOW, system: 'SecretFlow KKRT', n: '10^7', seconds: '37', network: 'LAN' },
  { ...SECRETFLOW, system: 'SecretFlow ECDH (Curve25519)', n: '10^7', seconds: '114', network: 'LAN' },
  { ...SECRETFLOW, system: 'SecretFlow ECDH (Curve25519)', n: '10^8', seconds: '1225', network: 'LAN' },
  {
    system: 'APSI in SecretFlow',
    task: 'one labelled query (32-byte label), set-up not counted',
    n: '1 in 10^6',
    seconds: '0.494',
    bytes: '–',
    threads: 'not stated',
    machine: 'sender 32 cores, 64 GB; receiver 16 cores, 32 GB (CPU not stated)',
    network: 'LAN',
    security: 'semi-honest',
    source: 3,
  },
  {
    system: 'APSI in SecretFlow',
    task: 'one labelled query (32-byte label), set-up not counted',
    n: '1 in 1.6·10^7',
    seconds: '2.670',
    bytes: '–',
    threads: 'not stated',
    machine: 'sender 32 cores, 64 GB; receiver 16 cores, 32 GB (CPU not stated)',
    network: 'LAN',
    security: 'semi-honest',
    source: 3,
  },
];
