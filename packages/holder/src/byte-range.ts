/** Bytes [from, to) of a file. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** `bytes=` and one range; positions of at most twelve digits, which no file of ours has. */
const FORM = /^bytes=(\d{0,12})-(\d{0,12})$/;

/**
 * Which part of a file a request asks for (RFC 9110 §14.2). What is no single range of bytes is ignored, as §14.2 allows: the whole file is an answer to it.
 * @param request.range the header `Range`
 * @param request.ifRange the header `If-Range` (§13.1.5): the part is wanted only of the file with this very tag
 * @returns undefined for the whole file, `unsatisfiable` for a part that the file does not have (§15.5.17)
 */
export const requestedRange = (
  { range, ifRange }: { readonly range: string | null; readonly ifRange: string | null },
  { size, tag }: { readonly size: number; readonly tag: string },
): ByteRange | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = FORM.exec(range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (ifRange !== null && ifRange !== tag) return undefined;
  if (first === '') {
    // §14.1.2: the last so many bytes.
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { from: Math.max(0, size - Number(last)), to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  // §14.1.1: a last position below the first makes it no range at all.
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
};
