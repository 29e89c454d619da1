import { Logger, LogLevel, type MinimalNode, type MinimalSourceFile } from 'typedoc';

/** Collects what TypeDoc complains of, each once. A warning is a fault like an error: nothing is waved through. */
export class Faults extends Logger {
  readonly #met = new Set<string>();

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.#met.add(message);
  }

  /** Says where, when TypeDoc knows. */
  protected override addContext(
    message: string,
    _level: Exclude<LogLevel, LogLevel.None>,
    ...[place, file]: [MinimalNode?] | [number, MinimalSourceFile]
  ): string {
    const name = file?.fileName ?? (typeof place === 'object' ? place.getSourceFile().fileName : undefined);
    return name === undefined ? message : `${name}: ${message}`;
  }

  get all(): readonly string[] {
    return [...this.#met];
  }
}
