import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineAuditOpen } from './open.ts';
import { defineAuditSample } from './sample.ts';
import { defineAuditVerify } from './verify.ts';

/** `audit …` */
export const defineAudit = (program: Command, act: Act): void => {
  const audit = program.command('audit').description('the auditor’s work');
  defineAuditVerify(audit, act);
  defineAuditOpen(audit, act);
  defineAuditSample(audit, act);
  showCommandsAfterError(audit);
};
