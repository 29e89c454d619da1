import type { Answered } from '@vouchsafe/holder';
import { type DestinationStream, type Logger, pino } from 'pino';

/** A structured log: one JSON object a line. */
export type Log = Logger;

/** Where lines go: anything with `write`, e.g. `process.stderr`. */
export type LogStream = DestinationStream;

/** From which level on lines are written; `silent` writes none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * A log of JSON lines with ISO times, from `info` on unless told otherwise.
 * @param stream standard output by default
 */
export const createLog = ({ level = 'info', stream }: { readonly level?: LogLevel; readonly stream?: LogStream } = {}): Log => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: asName } };
  return stream ? pino(options, stream) : pino(options);
};

const asName = (label: string): { readonly level: string } => ({ level: label });

/** The line about an answer: what it was, for which member, how it ended, how long it took. Nothing else of a request is ever logged. */
export const logAnswer = (log: Log, { kind, member, status, code, ms }: Answered): void => {
  const line = { kind, member, status, code, ms: Math.round(ms * 10) / 10 };
  if (status >= 500 && status !== 503) log.error(line, 'failed');
  else if (code === undefined) log.info(line, 'answered');
  // Strangers come at any rate; what they do is in the figures.
  else if (member === undefined) log.debug(line, 'refused');
  else log.warn(line, 'refused');
};
