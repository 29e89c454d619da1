/**
 * Gives an array's memory back at once, where the engine can (ES2024 `ArrayBuffer.prototype.transfer`): the array has no bytes afterwards. For megabytes that nobody needs any more and that would wait for a
 * collection, which small views of large memory do not bring on. An array that is only a part of its buffer is left alone.
 */
export const giveBack = (bytes: Uint8Array): void => {
  const buffer = bytes.buffer as ArrayBuffer & { readonly transfer?: (length: number) => ArrayBuffer };
  if (bytes.length === buffer.byteLength) buffer.transfer?.(0);
};
