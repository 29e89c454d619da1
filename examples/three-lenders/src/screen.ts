import { type Bars, bars as barsOn, table as drawn } from '@vouchsafe/cli/screen';

export { figure, size } from '@vouchsafe/cli/screen';

// Everything for people goes to standard error; standard output is for the JSON line.

/** One line. */
export const line = (text = ''): void => void process.stderr.write(`${text}\n`);

/** A heading. */
export const title = (text: string): void => line(`\n${text}\n${'─'.repeat(text.length)}`);

/** A table with a header row. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): void => line(drawn(head, rows));

/** A bar for each task that reports progress; without a terminal a line for each that is done. */
export const bars = (): Bars => barsOn(process.stderr);
