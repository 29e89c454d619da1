export { type Acknowledged, acknowledge, isAcknowledged } from './acknowledgement.ts';
export { compareStatements, type Difference } from './compare.ts';
export { openStatement, type SignedStatement, type StatementNotSigned, signStatement } from './signed-statement.ts';
export {
  createStatement,
  type Period,
  Statement,
  type StatementLine,
  type StatementOf,
  StatementReport,
} from './statement.ts';
