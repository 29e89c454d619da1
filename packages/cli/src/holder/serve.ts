import { type Command, Option } from '@commander-js/extra-typings';
import { keyArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG } from '../command.ts';
import { PASSPHRASE_HELP } from '../passphrase.ts';

/** `holder serve` */
export const defineHolderServe = (parent: Command, act: Act): void => {
  parent
    .command('serve')
    .description('answer the federation’s requests, until Ctrl-C')
    .addOption(
      new Option(
        '--folder <folder>',
        'the folder that "holder init" made: what its holder.toml says, and no other flags about records, keys and documents',
      ).env('VOUCHSAFE_FOLDER'),
    )
    .addOption(new Option('--federation <file>', 'the federation file').env('VOUCHSAFE_FEDERATION').default('federation.json'))
    .addOption(
      new Option('--auditor-key <hex>', 'the auditor’s Ed25519 public key, as the auditor told it')
        .env('VOUCHSAFE_AUDITOR_KEY')
        .argParser(keyArgument),
    )
    .addOption(new Option('--name <holder>', 'this holder’s name in the federation').env('VOUCHSAFE_NAME'))
    .addOption(new Option('--keys <file>', 'this holder’s key file').env('VOUCHSAFE_KEYS').default('member.key'))
    .addOption(new Option('--policy <file>', 'its policy').env('VOUCHSAFE_POLICY').default('policy.json'))
    .addOption(
      new Option('--state <folder>', 'where keys, tables, budgets and the log are kept').env('VOUCHSAFE_STATE').default('state'),
    )
    .addOption(
      new Option('--loans <file>', 'the records: a table of loans (.csv, .parquet, .jsonl)')
        .env('VOUCHSAFE_LOANS')
        .conflicts('sql'),
    )
    .addOption(new Option('--as-of <day>', 'the day that the table of loans describes, e.g. 2026-06-30').env('VOUCHSAFE_AS_OF'))
    .addOption(new Option('--currency <code>', 'the currency of all its amounts, e.g. CNY').env('VOUCHSAFE_CURRENCY'))
    .addOption(new Option('--sql <file>', 'the records: a query of your own, one row a person').env('VOUCHSAFE_SQL'))
    .option('--table <name=file...>', 'a file that the query can name as a table; may be given again')
    .addOption(new Option('--host <address>', 'where to listen; 127.0.0.1, or as holder.toml says').env('VOUCHSAFE_HOST'))
    .addOption(
      new Option('--port <port>', 'on which port; 0: any that is free; 8787, or as holder.toml says')
        .env('VOUCHSAFE_PORT')
        .argParser(wholeArgument(0, 65_535)),
    )
    .addOption(
      new Option('--metrics-port <port>', 'where Prometheus asks, on this machine only; not at all by default')
        .env('VOUCHSAFE_METRICS_PORT')
        .argParser(wholeArgument(0, 65_535)),
    )
    .addOption(
      new Option('--console-port <port>', 'the console’s page, for a browser on this machine only; not at all by default')
        .env('VOUCHSAFE_CONSOLE_PORT')
        .argParser(wholeArgument(0, 65_535)),
    )
    .addOption(
      new Option('--log-level <level>', 'how much is logged')
        .env('VOUCHSAFE_LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error'] as const)
        .default('info' as const),
    )
    .option('--passphrase-file <file>', 'where the passphrase of key file and state stands')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe holder serve --folder lender-a --metrics-port 9464 --console-port 9465',
          'vouchsafe holder serve --name lender-a --auditor-key 3f2a… --loans loans.csv --as-of 2026-06-30 --currency CNY --metrics-port 9464',
          'vouchsafe holder serve --name lender-a --auditor-key 3f2a… --sql people.sql --table loans=loans.parquet',
        ],
        'It speaks HTTP; put TLS before it. /healthz: the process is alive; /readyz: it can answer. The log, JSON lines, goes to standard error.\nCtrl-C and SIGTERM: answers under way are finished, new requests refused, the state is closed. SIGHUP: federation file and policy are read again and\ntaken into use, if they are right.',
        PASSPHRASE_HELP,
      ),
    )
    .action((options) =>
      act(async (world) => {
        // Only now: it brings DuckDB, LMDB and the kernels.
        const { serveHolder } = await import('./serve-holder.ts');
        return serveHolder(options, world);
      }),
    );
};
