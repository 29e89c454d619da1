/**
 * A source of uniform random bytes. Always the last parameter, and the CSPRNG unless a test says otherwise.
 * @param length how many bytes
 * @returns a fresh array of that length
 */
export type Rng = (length: number) => Uint8Array;

/** Web Crypto fills at most this many bytes a call (W3C Web Cryptography §10.1.1). */
const QUOTA = 65_536;

/** The operating system's cryptographically secure generator. */
export const csprng: Rng = (length) => {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += QUOTA) crypto.getRandomValues(out.subarray(at, at + QUOTA));
  return out;
};
