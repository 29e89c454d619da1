import { describe, expect, it } from 'vitest';
import { codeBlocks, shellCommands } from './markdown-blocks.ts';

describe('code blocks of a page', () => {
  it('gives language, how a test takes it, text, place and heading', () => {
    const page = [
      '# A',
      '',
      '```sh terminals',
      'one',
      '',
      'two',
      '```',
      '## B `c`',
      '````md',
      '```ts',
      'x',
      '```',
      '````',
      'no `code` here',
      '```',
      '```',
    ];
    expect(codeBlocks(page.join('\n'))).toEqual([
      { language: 'sh', info: ['terminals'], text: 'one\n\ntwo', line: 3, heading: 'A' },
      { language: 'md', info: [], text: '```ts\nx\n```', line: 9, heading: 'B `c`' },
      { language: '', info: [], text: '', line: 15, heading: 'B `c`' },
    ]);
  });

  it('refuses a block without an end, which would swallow the page', () => {
    expect(() => codeBlocks('a\n```sh\nb\n')).toThrow('line 2');
  });
});

describe('commands of a shell block', () => {
  it('takes quotes off, joins lines, leaves comments out', () => {
    const block = `# first\na 'b c' "d \\"e" f\\ g  # last\n\nh \\\n  --i=j#k ''`;
    expect(shellCommands(block).map(({ words }) => words)).toEqual([
      ['a', 'b c', 'd "e', 'f g'],
      ['h', '--i=j#k', ''],
    ]);
  });

  it('refuses a quote without an end', () => {
    expect(() => shellCommands("a 'b")).toThrow('quote');
  });
});
