// Control characters (C0, DEL, C1), and what reorders the text around it.
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text from elsewhere, safe to show: an escape sequence in a holder's answer could rewrite the verdict on the screen. */
export const printable = (text: string): string => text.replace(UNSAFE, '\ufffd');
