/** A fenced code block of a Markdown text. */
export interface CodeBlock {
  /** The first word behind the fence, e.g. `sh`; empty when there is none. */
  readonly language: string;
  /** The words after it: how a test shall take the block. Readers of the page do not see them. */
  readonly info: readonly string[];
  readonly text: string;
  /** Where the fence stands, from 1. */
  readonly line: number;
  /** The last heading before it, without its marks. */
  readonly heading: string;
}

/** The fenced code blocks of a Markdown text, in its order (CommonMark §4.5, fences of backticks that are not indented). */
export const codeBlocks = (markdown: string): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open:
    | { readonly fence: string; readonly words: readonly string[]; readonly line: number; readonly lines: string[] }
    | undefined;
  for (const [i, line] of markdown.split('\n').entries()) {
    if (open) {
      if (line.trimEnd() !== open.fence) open.lines.push(line);
      else {
        const [language = '', ...info] = open.words;
        blocks.push({ language, info, text: open.lines.join('\n'), line: open.line, heading });
        open = undefined;
      }
      continue;
    }
    heading = /^#{1,6} (.*)$/.exec(line)?.[1]?.trim() ?? heading;
    const [, fence, words] = /^(`{3,})([^`]*)$/.exec(line) ?? [];
    if (fence !== undefined) open = { fence, words: words!.split(/\s+/).filter((word) => word !== ''), line: i + 1, lines: [] };
  }
  if (open) throw new RangeError(`the code block of line ${open.line} has no end`);
  return blocks;
};

/** A command of a shell block. */
export interface ShellCommand {
  /** Its words, quotes taken off. What a shell would expand (`$X`, `*`) stays as it is written. */
  readonly words: readonly string[];
  /** As it is written, for a message. */
  readonly text: string;
}

/** The commands of a shell block, one a line: a backslash at the end goes on, a `#` behind white space begins a comment. @throws RangeError for a quote without an end */
export const shellCommands = (block: string): readonly ShellCommand[] =>
  block
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((text) => ({ words: shellWords(text), text: text.trim() }))
    .filter(({ words }) => words.length > 0);

const PART = /\s+|#.*$|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)/gy;

const shellWords = (line: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  for (const [whole, single, double, escaped, bare] of line.matchAll(PART)) {
    at += whole.length;
    const comment = whole.startsWith('#') && word === undefined;
    if (comment || /^\s/.test(whole)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (comment) break;
      continue;
    }
    word = (word ?? '') + (single ?? double?.replace(/\\(.)/g, '$1') ?? escaped ?? bare ?? whole);
  }
  if (word !== undefined) words.push(word);
  if (at < line.length) throw new RangeError('a quote has no end');
  return words;
};
