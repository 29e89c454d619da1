/**
 * What people put between the characters of a number: white space, dashes of every kind (minus included), and format characters that cannot be seen
 * (zero-width spaces, byte order marks, the direction marks that a phone's contact list wraps around numbers).
 */
const SEPARATORS = /[\s\p{White_Space}\p{Cf}\p{Pd}\u2212]/gu;

/**
 * A written number without its dress: compatibility forms such as full-width digits are made plain (NFKC), separators are removed, letters are upper case. What is left is
 * still to be checked: digits of other scripts, letters and controls stay, so that they are refused and not guessed.
 * @param written at most 200 characters
 */
export const bareNumber = (written: string): string => written.normalize('NFKC').replace(SEPARATORS, '').toUpperCase();
