import type { Command } from '@commander-js/extra-typings';
import { type Act, showCommandsAfterError } from '../command.ts';
import { defineConsentIssue } from './issue.ts';
import { defineConsentRequest } from './request.ts';

/** `consent …` */
export const defineConsent = (program: Command, act: Act): void => {
  const consent = program
    .command('consent')
    .description('a person’s agreement to be asked about: the bureau’s request, the issuer’s receipt');
  for (const define of [defineConsentRequest, defineConsentIssue]) define(consent, act);
  showCommandsAfterError(consent);
};
