/** How the command ends. A script can tell "the log is bad" from "the holder was down" by it. */
export const EXIT = {
  /** Everything is in order. */
  fine: 0,
  /** Checked, and the verdict is bad: the file or the log is not what it should be. */
  bad: 1,
  /** The call makes no sense, or what it was given cannot be used: an option, a key file, a passphrase. */
  usage: 2,
  /** Could not be reached, read or written. Nothing is known about it. */
  unreachable: 3,
  /** A holder answered that its policy or what is left of a budget does not allow the query. Asking the same again changes nothing. */
  refused: 4,
  /** A bug in this command. */
  bug: 70,
  /** Stopped with Ctrl-C (128 + SIGINT). */
  interrupted: 130,
  /** Stopped with SIGTERM (128 + 15). */
  terminated: 143,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What keeps a command from its result, for a person to read. */
export interface Failure {
  readonly _tag: string;
  readonly message: string;
  readonly exit: Exit;
}

/** An error value of another package, with the exit code that it has here. */
export const failure = (error: { readonly _tag: string; readonly message: string }, exit: Exit): Failure => ({
  _tag: error._tag,
  message: error.message,
  exit,
});

/** What was given cannot be used. */
export const badInput = (message: string): Failure => ({ _tag: 'BadInput', message, exit: EXIT.usage });

/** The verdict on a file or a log. */
export const badVerdict = (tag: string, message: string): Failure => ({ _tag: tag, message, exit: EXIT.bad });

/** Ctrl-C. */
export const interrupted: Failure = {
  _tag: 'Aborted',
  message: 'stopped; nothing was left half-written',
  exit: EXIT.interrupted,
};

/** The exit codes, for `--help`. */
export const EXIT_CODES_HELP = `Exit codes:
  0    everything is in order
  1    checked, and the verdict is bad
  2    the call or a file it was given cannot be used
  3    something could not be reached, read or written
  4    a holder's policy or budget does not allow it
  70   a bug in the command itself
  130  stopped with Ctrl-C (143: with SIGTERM)`;
