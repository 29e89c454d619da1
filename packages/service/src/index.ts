export { HEALTH_ROUTES, type Need, type Readiness } from './health.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { createLog, type Log, type LogLevel, type LogStream } from './log.ts';
export { METRICS_TYPE, type Metrics, type Rejection } from './metrics.ts';
export type { TurnedAway } from './problem.ts';
export { type CannotListen, type Places, type Serving, serve } from './serve.ts';
export { createService, type Service } from './service.ts';
