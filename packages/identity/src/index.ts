export {
  canonicalIdentifier,
  type Identifier,
  type IdentifierRules,
  MAX_FIELD,
  type RawIdentifier,
} from './canonical-identifier.ts';
export { type CollectedIdentifiers, collectIdentifiers } from './collect.ts';
export { type BadIdentifier, REASONS, type Reason } from './errors.ts';
export { Country } from './phone.ts';
export { fieldsOf, type IdentifierField, SCHEMES, Scheme } from './scheme.ts';
