declare module 'fs-native-extensions' {
  /** Asks for a lock on a part of an open file. @returns false when another open file has it, in this process or another one */
  export function tryLock(fd: number, offset: number, length: number): boolean;
}
