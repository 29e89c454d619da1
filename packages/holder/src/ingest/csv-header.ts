const NAME = /"((?:[^"]|"")*)"|([^",]*)/y;
/** More columns than this, or control characters in a name, are no header of text. */
const MAX_COLUMNS = 2_000;

/**
 * The names in the header line of a CSV file (RFC 4180), a byte order mark aside.
 * @returns undefined when the line is no list of fields
 */
export const headerNames = (line: string): readonly string[] | undefined => {
  const text = line.replace(/^\uFEFF/, '').replace(/\r$/, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000a-\u001f]/.test(text)) return undefined;
  const names: string[] = [];
  NAME.lastIndex = 0;
  while (names.length < MAX_COLUMNS) {
    const [, inQuotes, bare] = NAME.exec(text)!;
    names.push(inQuotes?.replaceAll('""', '"') ?? bare!);
    const at = NAME.lastIndex;
    if (at === text.length) return names;
    if (text[at] !== ',') return undefined;
    NAME.lastIndex = at + 1;
  }
  return undefined;
};
