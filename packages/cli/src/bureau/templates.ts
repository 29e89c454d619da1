/** The configuration of a new bureau: every choice with its reason. */
export const bureauToml = ({
  name,
}: {
  readonly name: string;
}): string => `# A bureau of Vouchsafe. Paths are taken from this file's folder.

# Its name in the federation file.
name = "${name}"

# The federation file: the auditor signs it and gives it to all members. Put a copy of it here; a newer one takes its place, and "vouchsafe bureau sync" takes it into use.
federation = "federation.json"

# The auditor's public key, 64 hexadecimal digits. Ask for it on another way than the file: whoever changes the file changes the key in it as well.
auditor-key = ""

# The key file. Its passphrase opens the state, too. Keep copies of the file and of the passphrase.
keys = "member.key"

# Epoch keys, the bureau's side of the sealed tables, receipts of all answers. Without it the epoch's tables cannot be read again. One process at a time has it.
state = "state"

# Files of the lenders' tag indexes, for match. Nothing in it is secret, and it can be deleted at any time.
cache = "cache"

# How people are identified, where a command does not say it with --scheme: one of the federation's schemes.
# scheme = "cn-rid"

# After how long without an answer a lender counts as down.
# timeout-seconds = 120

# For how many days after the end of an epoch its queries can be opened to the auditor.
# audit-days = 400
`;
