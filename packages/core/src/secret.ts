/**
 * Bytes that must not show: they print as an ellipsis, are left out of JSON, cannot be cloned to another thread by accident, and
 * are overwritten by {@link Secret.wipe}.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  #wiped = false;

  /** Takes the array over: do not keep another reference to it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    // What Node's `console.log` looks for.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => this.toString() });
  }

  /** The bytes themselves, as a view. @throws RangeError when they were wiped: using a dead key is a bug of the caller */
  reveal(): Uint8Array {
    if (this.#wiped) throw new RangeError('this secret was wiped');
    return this.#bytes;
  }

  /** Overwrites the bytes. Copies that the engine made cannot be reached (SECURITY.md). */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  toString(): string {
    return 'Secret(…)';
  }

  toJSON(): undefined {
    return undefined;
  }
}
