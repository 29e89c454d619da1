export { type Console, type ConsoleOptions, type ConsoleRequest, type ConsoleResponse, createConsole } from './console.ts';
export { type CannotOpenConsole, type ServingConsole, serveConsole } from './serve-console.ts';
