import { LOANS_COLUMNS } from '@vouchsafe/holder';

/** The configuration of a new holder: every choice with its reason. */
export const holderToml = ({
  name,
  port,
}: {
  readonly name: string;
  readonly port: number;
}): string => `# A holder of Vouchsafe. Paths are taken from this file's folder.

# Its name in the federation file.
name = "${name}"

# The federation file: the auditor signs it and gives it to all members. Put a copy of it here.
federation = "federation.json"

# The auditor's public key, 64 hexadecimal digits. Ask for it on another way than the file: whoever changes the file changes the key in it as well.
auditor-key = ""

# The key file. Its passphrase opens the state, too. Keep copies of the file and of the passphrase.
keys = "member.key"

# Key files of before a change of keys, as long as a live epoch's roster has their box keys. They open with the same passphrase.
# former-keys = ["member.1.key"]

# What is answered, to whom: edit it, then look at it with "vouchsafe holder policy check".
policy = "policy.json"

# Statements signed by the auditor, for policies whose budgets grow with what a querier's lender contributed.
# statements = ["statements/lender-b.2026-06-01.2026-07-01.json"]

# Budgets, the log, epoch keys, sealed tables. One process at a time has it. Back it up while none does: an old copy brought back is noticed as a rollback.
state = "state"

# The country of phone numbers that are written without + and country code; only for schemes with phone numbers.
# country = "CN"

# Tables are padded to a multiple of so many rows, so that growth does not show.
# pad-to = 1000

# For how many days after the end of an epoch its answers can be audited.
# audit-days = 400

# The records. EITHER a table of loans, one row a loan: CSV (RFC 4180, UTF-8, with a header line), Parquet or JSON lines. Columns:
#   national_id, phone, name (those that the federation's schemes use), loan_id, product (revolving, instalment, mortgage, bnpl, guarantee), opened_on, closed_on,
#   currency, limit, principal, balance, past_due, history (a code a month, the newest last), code_set (pboc or metro2)
[records]
file = "loans.csv"
# format = "csv"        # csv, parquet or jsonl, when the file's ending does not tell
as-of = "2026-06-30"    # the day that the file describes: a new one for each epoch
currency = "CNY"        # of all amounts

# OR a query of your own: one SELECT of DuckDB's SQL in a file, which gives one row a person, with the identifying columns as text and the catalogue's columns by name.
# [records]
# sql = "records.sql"
# [records.files]       # what the query can name as tables
# loans = "export/loans.parquet"

# Where it listens. Other members reach it under the URL in the federation file: let a proxy with TLS stand before it.
[listen]
host = "127.0.0.1"
port = ${port}
`;

/** A policy to edit: what a bureau is granted as a rule, or nothing when none was named. */
export const policyJson = ({
  bureaus,
  issuers,
}: {
  readonly bureaus: readonly string[];
  readonly issuers: readonly string[];
}): string => {
  const columns = ['present', ...LOANS_COLUMNS.map(({ name }) => name)];
  const totals = {
    purposes: ['credit-application'],
    columns,
    aggregate: { epsilonPerQuery: 1, epsilonPerEpoch: 10 },
    ...(issuers.length === 0 ? {} : { signal: { consent: { issuers }, queriesPerEpoch: 1000 } }),
  };
  return `${JSON.stringify({ version: 1, minimumCohort: 50, queriers: bureaus.map((bureau) => ({ bureau, totals })) }, null, 2)}\n`;
};
