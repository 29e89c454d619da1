// The house's docstrings, told to TypeDoc in its words. Both run before TypeDoc resolves comments.

import {
  Comment,
  type CommentTag,
  type ProjectReflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from 'typedoc';

const DESTRUCTURED = '__namedParameters';

/** Gives the comments of `@param name` to the fields of a parameter that is taken apart, `({ name, … }: { … }) =>`, and says which tags fit none. */
const giveToFields = (type: SomeType | undefined, tags: readonly CommentTag[]): readonly CommentTag[] => {
  if (type?.type === 'intersection' || type?.type === 'union')
    return type.types.reduce((rest, one) => giveToFields(one, rest), tags);
  return tags.filter(({ name, content }) => {
    const field = name!.split('.').at(-1)!;
    if (type?.type === 'reflection') {
      const child = type.declaration.getChildByName([field]);
      if (child === undefined) return true;
      child.comment ??= new Comment(content);
      return false;
    }
    if (type?.type === 'reference') {
      type.highlightedProperties ??= new Map();
      type.highlightedProperties.set(field, content);
      return false;
    }
    return true;
  });
};

/** `@param seed` of `({ seed, info }: …)` is about a field of the first parameter, which has no name of its own in the code. */
const nameFields = (signature: SignatureReflection, comment: Comment): void => {
  const taken = signature.parameters?.filter(({ name }) => name === DESTRUCTURED) ?? [];
  const others = new Set(signature.parameters?.map(({ name }) => name));
  let tags = comment.blockTags.filter(({ tag, name }) => tag === '@param' && name !== undefined && !others.has(name));
  const all = new Set(tags);
  for (const parameter of taken) {
    parameter.name = tags.find(({ name }) => name!.includes('.'))?.name?.split('.')[0] ?? 'options';
    tags = [...giveToFields(parameter.type, tags)];
  }
  for (const tag of tags) all.delete(tag);
  comment.blockTags = comment.blockTags.filter((tag) => !all.has(tag));
};

/** Where a comment on `@param`s stands: at the signature, or at the field whose type the function is. */
export const nameDestructured = (project: ProjectReflection): void => {
  for (const signature of project.getReflectionsByKind(ReflectionKind.CallSignature) as SignatureReflection[]) {
    if (!signature.parameters?.some(({ name }) => name === DESTRUCTURED)) continue;
    let owner = signature.parent?.parent;
    if (owner?.kindOf(ReflectionKind.TypeLiteral)) owner = owner.parent;
    nameFields(signature, signature.comment ?? signature.parent?.comment ?? owner?.comment ?? new Comment());
  }
};

/** A codec and the type of what it decodes have one name and one docstring, at either. */
export const shareBetweenCodecAndType = (project: ProjectReflection): void => {
  for (const module of project.children ?? [])
    for (const one of module.children ?? []) {
      if (one.comment !== undefined || !one.kindOf([ReflectionKind.Variable, ReflectionKind.TypeAlias])) continue;
      const other = module.children!.find((each) => each !== one && each.name === one.name && each.comment !== undefined);
      if (other?.comment !== undefined) one.comment = other.comment.clone();
    }
};

/** Exports without a docstring. Fields are not asked for one: many say all with name and type. */
export const undocumented = (project: ProjectReflection): readonly string[] =>
  (project.children ?? []).flatMap((module) =>
    (module.children ?? [])
      .filter((one) => !one.isReference() && !one.hasComment())
      .filter((one) => !(one.signatures ?? []).some((signature) => signature.hasComment()))
      .map((one) => `${module.name}: ${one.name} has no docstring (${one.sources?.[0]?.fileName})`),
  );
