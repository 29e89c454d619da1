import { type Command, Option } from '@commander-js/extra-typings';
import { E } from '@vouchsafe/core';
import { SCHEMES } from '@vouchsafe/identity/scheme';
import { keyArgument, nameArgument, namesArgument, spanArgument, urlArgument, wholeArgument } from '../arguments.ts';
import { type Act, helpAfter, JSON_FLAG, showCommandsAfterError } from '../command.ts';
import { badInput } from '../exit.ts';
import { openEpoch } from './change-epoch.ts';
import { changeMember } from './change-member.ts';
import { DEFAULT_FILE } from './file.ts';
import { CATALOGUE_HELP, readCatalogue } from './new.ts';
import { changeFile } from './write-draft.ts';

/** For the help of every command that changes a file. */
export const DRAFT_HELP = `A signed file becomes a draft with the next serial; the signed version is kept beside it (federation.json with serial 3 in
federation.3.json), to be given to "federation sign" as --previous.`;

const ROLES = ['holder', 'bureau', 'auditor', 'issuer'] as const;
const WEEK = 7 * 86_400;
const FILE = ['-f, --file <file>', 'the federation file', DEFAULT_FILE] as const;
const OUT = ['--out <file>', 'where the draft goes instead'] as const;

/** `federation add member|epoch|scheme|catalogue` */
export const defineAdd = (parent: Command, act: Act): void => {
  const add = parent.command('add').description('change the file: a member, its keys, an epoch, a scheme, the catalogue');
  defineMember(add, act);
  defineEpoch(add, act);
  defineQuestions(add, act);
  showCommandsAfterError(add);
};

const defineMember = (add: Command, act: Act): void => {
  add
    .command('member')
    .description('add a member, or change one: a new --sign-key replaces its key, which is honoured for the overlap still')
    .argument('<name>', 'the name of the member', nameArgument)
    .addOption(new Option('--role <role>', 'what it does; needed for a new member').choices(ROLES))
    .option('--url <url>', 'where a holder answers', urlArgument)
    .option('--sign-key <hex>', 'its Ed25519 public key; needed for a new member', keyArgument)
    .option('--box-key <hex>', 'a holder’s X25519 public key', keyArgument)
    .addOption(
      new Option('--overlap <span>', 'how long a replaced signing key is honoured, from now')
        .argParser(spanArgument)
        .default(WEEK, '7d'),
    )
    .option(...FILE)
    .option(...OUT)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        [
          'vouchsafe federation add member lender-a --role holder --url https://a.example/vouchsafe --sign-key 3f2a… --box-key 91bc…',
          'vouchsafe federation add member bureau --role bureau --sign-key 44d0…',
          'vouchsafe federation add member lender-a --sign-key 8e1f… --overlap 14d     # its key rotates',
          'vouchsafe federation add member lender-a --sign-key 8e1f… --overlap 0       # its key was stolen',
        ],
        DRAFT_HELP,
      ),
    )
    .action((id, { overlap, file, out, role, url, signKey, boxKey }) =>
      act((world) =>
        changeFile({ path: file, out }, (federation) =>
          changeMember(federation, { change: { id, role, url, signKey, boxKey }, until: world.now() + overlap }),
        ),
      ),
    );
};

const defineEpoch = (add: Command, act: Act): void => {
  add
    .command('epoch')
    .description('open the next epoch, with the holders that answer together in it')
    .requiredOption('--roster <names...>', 'the holders, with commas or spaces between them', namesArgument)
    .option('--number <n>', 'another number than the next one', wholeArgument(1, 2 ** 32 - 1))
    .option('--alone', 'end all other epochs: needed when the catalogue or the schemes change')
    .option(...FILE)
    .option(...OUT)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      helpAfter(
        ['vouchsafe federation add epoch --roster lender-a,lender-b,lender-c'],
        'Two epochs can be live: while the new one is sealed, the old one answers. A third one ends the oldest. A roster cannot change inside\nits epoch, and the box keys in it are those that the members have now.',
        DRAFT_HELP,
      ),
    )
    .action(({ roster, number, alone, file, out }) =>
      act(() => changeFile({ path: file, out }, (federation) => openEpoch(federation, { roster, number, alone }))),
    );
};

const defineQuestions = (add: Command, act: Act): void => {
  const remark =
    'Tables that are sealed keep their columns and identifiers: let the change come with "federation add epoch --alone".';
  add
    .command('scheme')
    .description('add a way of identifying people')
    .addArgument(add.createArgument('<name>', 'the scheme').choices(SCHEMES))
    .option(...FILE)
    .option(...OUT)
    .option(...JSON_FLAG)
    .addHelpText('after', helpAfter(['vouchsafe federation add scheme e164'], remark, DRAFT_HELP))
    .action((name, { file, out }) =>
      act(() =>
        changeFile({ path: file, out }, (federation) => {
          const schemes = [...new Set([...federation.schemes, name])];
          return E.right({ federation: { ...federation, schemes }, notes: [`schemes: ${schemes.join(', ')}`, remark] });
        }),
      ),
    );
  add
    .command('catalogue')
    .description('put another catalogue in the place of the present one')
    .argument('<catalogue>', 'the catalogue’s file')
    .option(...FILE)
    .option(...OUT)
    .option(...JSON_FLAG)
    .addHelpText('after', helpAfter(['vouchsafe federation add catalogue columns.json'], CATALOGUE_HELP, remark, DRAFT_HELP))
    .action((path, { file, out }) =>
      act(async () => {
        const catalogue = await readCatalogue(path);
        if (E.isLeft(catalogue)) return catalogue;
        if (catalogue.right.columns.length === 0) return E.left(badInput(`${path} lists no column`));
        return changeFile({ path: file, out }, (federation) =>
          E.right({ federation: { ...federation, catalogue: catalogue.right }, notes: ['another catalogue', remark] }),
        );
      }),
    );
};
